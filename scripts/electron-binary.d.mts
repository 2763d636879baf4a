export function electronBinary(): string | undefined;
export function installElectron(): string | undefined;
