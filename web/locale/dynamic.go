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
		{"referrals.state.", "the state of a referral"},
		{"referrals.next.", "who acts next"},
		{"referrals.silence.", "what happens if nobody acts"},
		{"referrals.event.", "what happened to a referral"},
		{"referrals.return.code.", "the code of a return"},
		{"referrals.delivery.", "the state of a delivery"},
		{"referrals.form.", "the field and what is wrong with it"},
		{"offers.state.", "the state of an offer"},
		{"offers.event.", "what happened to an offer"},
		{"offers.flash.", "what was done with an offer"},
		{"policy.rule.", "the rule that decided"},
		{"policy.why.", "why something stays"},
		{"policy.remedy.", "what to do about it"},
		{"policy.coarse.", "why something was made coarser"},
		{"policy.field.", "the field's path in the policy registry"},
		{"policy.transform.", "the transform's name"},
	}
}

// NotKeys are words in Go code that look like message keys and are something
// else, with what they are.
func NotKeys() map[string]string {
	return map[string]string{
		"account.users": "name of a database lock",
	}
}
