export { type Config, ConfigError, readConfig, settings } from './config.ts';
export { operationPage } from './core/operation/problem-page.ts';
export { createLog, type Log, type LogLevel } from './log.ts';
export { type Server, startServer } from './main.ts';
export { replaceOperatorToken } from './operator-token.ts';
export { problemPage } from './problem-page.ts';
export { type Embedded, startEmbedded } from './store/postgres/embedded.ts';
