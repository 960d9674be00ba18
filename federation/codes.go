package federation

import "github.com/saphan-network/saphan/federation/vocabulary"

// code checks that a value is a code of one of the vocabularies named.
func code(field, value string, lists ...string) error {
	for _, list := range lists {
		if vocabulary.Has(list, value) {
			return nil
		}
	}
	return invalid(field, "code")
}

// slot checks one slot of a controlled sentence: a short name, and a code of the
// vocabulary that the slot is named after or else of any. A word that no
// vocabulary knows could be a name.
func slot(field, name, value string) error {
	if !isCode(lower(name)) || len(name) > 24 {
		return invalid(field, "name")
	}
	if vocabulary.Has(name, value) {
		return nil
	}
	for _, list := range vocabulary.Lists() {
		if vocabulary.Has(list, value) {
			return nil
		}
	}
	return invalid(field, "code")
}

// shaped checks codes for their form only. The members list uses it for what
// tells about a member: a code that this server does not know yet must not keep
// it from learning that somebody was suspended.
func shaped(field string, values []string) error {
	if len(values) > MaxCodes {
		return invalid(field, "too_many")
	}
	for i, v := range values {
		if !isCode(v) {
			return invalid(index(field, i), "code")
		}
	}
	return nil
}

// lower makes ASCII letters small.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
