package federation_test

// Codes of the vocabularies that the tests of this package use.
const (
	purposeCode  = "legal_help"
	needCode     = "doc_drafting"
	issueCode    = "birth_not_registered"
	ageCode      = "adult"
	basisCode    = "explicit_consent"
	declineCode  = "capacity"
	withdrawCode = "consent_withdrawn"
	outcomeCode  = "nationality"
	phraseCode   = "hearing_within"
)
