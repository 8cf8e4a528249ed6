export { configurationPage } from './configuration-page';
export { keysOf, processNames, requiredKeysOf } from './keys';
export type { KeyName, ProcessName } from './keys';
export { loadConfig } from './load-config';
export type { Config } from './load-config';
export type { PersonalDataKey } from './values';
