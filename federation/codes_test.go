package federation_test

// Codes of the vocabularies that the tests of this package use.
const (
	purposeCode  = "referral"
	needCode     = "doc_drafting"
	issueCode    = "nationality"
	ageCode      = "adult"
	basisCode    = "consent"
	declineCode  = "capacity"
	withdrawCode = "consent_withdrawn"
	outcomeCode  = "nationality"
	phraseCode   = "needs_interpreter"
)
