import { create } from 'zustand';

/** Whether this window reaches the program: the bridge always does, a browser tab may lose its socket. */
export type Connection = 'connecting' | 'open' | 'lost';

export const useConnection = create<{ readonly state: Connection }>(() => ({ state: 'connecting' }));

export function setConnection(state: Connection): void {
  useConnection.setState({ state });
}
