// `make screenshots`: pictures of the main states, with the browser and the server of the tests.
import { defineConfig } from '@playwright/test';
import tests from '../playwright.config.js';

export default defineConfig({ ...tests, testDir: '.', testMatch: '*.shots.ts', outputDir: '../test-results' });
