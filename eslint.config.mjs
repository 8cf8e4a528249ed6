import laws from './scripts/lint/config.js';

export default laws.laws(import.meta.dirname);
