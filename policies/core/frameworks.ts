/**
 * References to public frameworks, as metadata: our own mapping, not a certification. Versions stand here once, because
 * the frameworks change (CSAP is being merged with the NIS verification). Ids: reference texts of N2SF and CSAP as of 2026.
 */
export interface Framework {
  readonly name: string;
  readonly version: string;
  /** The control's id in the framework. */
  readonly reference: string;
  /** The control in a few words. */
  readonly specification: string;
}

/** 국가 망 보안체계 (N2SF) 보안가이드라인: a control such as `SG-4`. */
export const n2sf = reference("N2SF", "1.0");

/** Cloud Security Assurance Program, IaaS: a control area such as `9.1`. */
export const csap = reference("CSAP IaaS", "2023");

/** 가명정보 처리 가이드라인 (PIPC): a step of the process. */
export const pseudonymisation = reference("가명정보 처리 가이드라인", "2024");

function reference(name: string, version: string) {
  return (id: string, specification: string): Framework => ({ name, version, reference: id, specification });
}
