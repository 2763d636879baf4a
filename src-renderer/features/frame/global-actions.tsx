import { useMantineColorScheme } from '@mantine/core';
import { IconArchive, IconDoorExit, IconFileImport, IconKeyboard, IconMoon, IconSend, IconSun } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useTRPC } from '../../api/trpc.js';
import { screenPaths } from '../../routes.js';
import { useKeyStore } from '../../ui/keys.js';
import { okToast } from '../../ui/toasts.js';

export interface GlobalAction {
  readonly id: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly run: () => void;
}

/** What can be done from anywhere, for the palette. An action whose screen does not exist is not offered. */
export function useGlobalActions(): readonly GlobalAction[] {
  const trpc = useTRPC();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const backup = useMutation(trpc.backup.create.mutationOptions({ onSuccess: (made) => okToast(`Backup ${made.name} made and checked.`) }));
  const close = useMutation(trpc.workspace.close.mutationOptions());
  const campaign = useMutation(trpc.campaigns.create.mutationOptions({ onSuccess: ({ uid }) => void navigate(`/campaigns/${uid}`) }));
  const all: readonly (GlobalAction & { readonly needs?: string })[] = [
    { id: 'import', label: 'Import people from a file', icon: <IconFileImport size={16} />, run: () => void navigate('/imports/new'), needs: '/imports/new' },
    { id: 'campaign', label: 'New campaign', icon: <IconSend size={16} />, run: () => campaign.mutate({}), needs: '/campaigns/:id' },
    { id: 'backup', label: 'Make a backup now', icon: <IconArchive size={16} />, run: () => backup.mutate() },
    { id: 'light', label: 'Use the light look', icon: <IconSun size={16} />, run: () => setColorScheme('light') },
    { id: 'dark', label: 'Use the dark look', icon: <IconMoon size={16} />, run: () => setColorScheme('dark') },
    { id: 'keys', label: 'Show the keys', icon: <IconKeyboard size={16} />, run: () => useKeyStore.getState().setHelp(true) },
    { id: 'close', label: 'Close this workspace', icon: <IconDoorExit size={16} />, run: () => close.mutate() },
  ];
  return all.filter((a) => a.needs === undefined || screenPaths.has(a.needs));
}
