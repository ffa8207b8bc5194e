// Loaded before each test file (`--import`): what was compiled once, by any of them, is not compiled again.
import nodeModule from 'node:module';

nodeModule.enableCompileCache();
