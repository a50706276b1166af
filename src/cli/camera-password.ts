/** Environment variable with a camera's password: every user of a computer can see a command's arguments. */
export const PASSWORD_VARIABLE = 'DEEPINFANT_CAMERA_PASSWORD';
