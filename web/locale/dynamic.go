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
		{"cases.status.", "the case's state"},
		{"cases.state.next.", "the case's state"},
		{"cases.role.", "the person's part in the case"},
		{"cases.conflict.", "the outcome of the conflict check"},
		{"cases.event.", "the kind of event in the timeline"},
		{"cases.close.", "the reason for closing"},
		{"consent.scope.", "the consent's level"},
		{"consent.way.", "how consent was given"},
		{"imports.why.", "the importer's reason code"},
		{"policy.field.", "the field's path in the registry of the gate"},
		{"policy.form.", "the form in which a field leaves"},
		{"policy.purpose.", "the purpose of a decision"},
		{"policy.rule.", "the rule's name in the policy"},
		{"policy.transform.", "the transform's name"},
		{"policy.why.", "the gate's reason code"},
		{"policy.why.needs_", "the consent level that is lacking"},
		{"policy.remedy.", "the gate's reason code"},
	}
}

// NotKeys are words in Go code that look like message keys and are something
// else, with what they are.
func NotKeys() map[string]string {
	return map[string]string{
		"account.users": "name of a database lock",
	}
}
