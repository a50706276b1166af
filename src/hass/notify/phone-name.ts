/** 'annas phone' of `notify.mobile_app_annas_phone`. */
export function nameOfPhone(phone: string): string {
  return phone.replace(/^notify\.(?:mobile_app_)?/, '').replaceAll('_', ' ');
}
