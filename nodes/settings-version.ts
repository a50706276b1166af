/** Version of the settings that the editor saves; see the migrations in settings.ts. */
export const SETTINGS_VERSION = 1;
