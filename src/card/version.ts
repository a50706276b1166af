/** Of the package that the card was built from; the bundler fills it in. */
declare const CARD_VERSION: string;

/** Both versions, where the package that made a device has another one than the card; undefined where that is not known. */
export function otherVersion(
  ofPackage: string | null | undefined,
): { card: string; package: string } | undefined {
  return ofPackage == null || ofPackage === CARD_VERSION
    ? undefined
    : { card: CARD_VERSION, package: ofPackage };
}
