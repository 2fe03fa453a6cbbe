"""Settings: types, validation and errors that name the key, the file and the fix."""
