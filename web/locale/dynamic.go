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
		{"cases.close.", "the reason's code"},
		{"cases.conflict.", "the result's code"},
		{"cases.event.", "the kind of event"},
		{"cases.role.", "the role's code"},
		{"cases.next.", "the state's code"},
		{"cases.state.next.", "the state's code"},
		{"cases.status.", "the state's code"},
		{"consent.scope.", "the scope's code"},
		{"consent.way.", "the way's code"},
		{"imports.why.", "the reason's code"},
		{"policy.why.", "rules and reasons are data of the policies"},
		{"policy.field.", "the field's path"},
		{"policy.rule.", "the rule's id"},
		{"policy.remedy.", "the reason's code"},
		{"policy.transform.", "the transform's name"},
		{"policy.form.", "the form's name"},
		{"policy.purpose.", "the purpose's name"},
	}
}

// NotKeys are words in Go code that look like message keys and are something
// else, with what they are.
func NotKeys() map[string]string {
	return map[string]string{
		"account.users":     "name of a database lock",
		"policy.why.needs_": "beginning of a key, see DynamicKeys",
	}
}
