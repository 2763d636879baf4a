/** Hands our stand-in to whoever imports `electron`. */
const standIn = new URL('./electron.ts', import.meta.url).href;

export const resolve = (specifier, context, next) => (specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context));
