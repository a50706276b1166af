import path from 'node:path';

/** Folder that holds models/, native/ and examples/, in a checkout and when installed (this file runs from dist/src). */
export const PACKAGE_ROOT = path.resolve(__dirname, '..', '..');
