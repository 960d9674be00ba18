package federation

// code checks that a value is a code of one of the vocabularies named.
func code(field, value string, lists ...string) error {
	if !isCode(value) {
		return invalid(field, "code")
	}
	return nil
}
