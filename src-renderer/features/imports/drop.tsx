import { IconFileImport } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import classes from './imports.module.css';

/** Takes files that are dropped anywhere in the window while it is shown, and says so while one hangs over it. `onTransfer` takes them as they were dropped, folders included. */
export function DropAnywhere({ onFiles, onTransfer, children }: { readonly onFiles: (files: readonly File[]) => void; readonly onTransfer?: (transfer: DataTransfer) => void; readonly children: ReactNode }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const isFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onOver = (event: DragEvent) => {
      if (!isFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      // Leaving the window, not one element for another.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!isFile(event)) return;
      event.preventDefault();
      setOver(false);
      if (onTransfer && event.dataTransfer) return onTransfer(event.dataTransfer);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 0) onFiles(files);
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [onFiles, onTransfer]);
  return (
    <>
      {children}
      {over && (
        <div className={classes.over} aria-hidden>
          <IconFileImport size={28} stroke={1.6} />
          Drop to look at it
        </div>
      )}
    </>
  );
}
