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
		{"delivery.error.", "the mailbox keeps the key of the last failure"},
		{"peers.state.", "the state of the line"},
		{"peers.item.", "the state of the message"},
		{"peers.role.", "the role of the peer"},
		{"peers.type.", "the type of the activity"},
		{"peers.flash.", "what was done"},
		{"members.state.", "the state of membership"},
		{"members.event.", "the state entered, or what was changed"},
		{"members.flash.", "what was done"},
	}
}

// NotKeys are words in Go code that look like message keys and are something
// else, with what they are.
func NotKeys() map[string]string {
	return map[string]string{
		"account.users":   "name of a database lock",
		"delivery.":       "beginning of an act in the audit trail",
		"members.id":      "field of a members list",
		"members.network": "field of a members list",
		"members.items":   "field of a members list",
		"members.updated": "field of a members list",
		"members.version": "field of a members list",
	}
}
