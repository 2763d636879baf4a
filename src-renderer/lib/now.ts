import { useEffect, useState } from 'react';

/** The present instant (UTC ms), renewed every `everyMs` while the component is shown: for "3 min ago" and countdowns. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
