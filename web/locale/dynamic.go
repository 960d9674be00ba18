package locale

// Dynamic is the beginning of keys that are put together while the server runs,
// with the reason why they cannot be written out.
type Dynamic struct{ Prefix, Reason string }

// DynamicKeys lists them all; a test refuses every other key that does not stand
// whole in a template or in Go code.
func DynamicKeys() []Dynamic {
	return []Dynamic{
		{"shell.month.", "the month's number"},
		{"shell.ui.class.", "the data class's letter"},
		{"people.role.", "the role's key in policies/staff"},
		{"storybook.badge.", "the tone's name"},
		{"home.badge.", "the tone of the card"},
		{"cases.status.", "the case's administrative state"},
		{"cases.state.next.", "the case's administrative state"},
		{"cases.event.", "the kind of event in a case's timeline"},
		{"cases.close.", "the code of why a case was closed"},
		{"cases.conflict.", "the result of the conflict check"},
		{"cases.role.", "the person's role in the case"},
		{"consent.scope.", "the consent's scope"},
		{"consent.way.", "the code of how a consent was withdrawn"},
	}
}

// NotKeys are words in Go code that look like message keys and are something
// else, with what they are.
func NotKeys() map[string]string {
	return map[string]string{
		"account.users": "name of a database lock",
	}
}
