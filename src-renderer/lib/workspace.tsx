import { createContext, type ReactNode, useContext } from 'react';
import type { WorkspaceView } from '../../src-preload/contract/workspace.js';

const WorkspaceContext = createContext<WorkspaceView | undefined>(undefined);

export function WorkspaceProvider({ view, children }: { readonly view: WorkspaceView; readonly children: ReactNode }) {
  return <WorkspaceContext.Provider value={view}>{children}</WorkspaceContext.Provider>;
}

/** The open workspace. Only under the frame, where there is one. */
export function useWorkspace(): WorkspaceView {
  const view = useContext(WorkspaceContext);
  if (!view) throw new Error('no workspace above this component');
  return view;
}
