package locale

import "slices"

// Dynamic is the beginning of keys that are put together while the server runs,
// with the reason why they cannot be written out.
type Dynamic struct{ Prefix, Reason string }

// DynamicKeys lists them all; a test refuses every other key that does not stand
// whole in a template or in Go code.
func DynamicKeys() []Dynamic { return slices.Concat(workKeys(), sharedKeys(), ruleKeys()) }

// workKeys are about cases, referrals, members and what is on its way.
func workKeys() []Dynamic {
	return []Dynamic{
		{"shell.month.", "the month's number"},
		{"shell.ui.class.", "the data class's letter"},
		{"people.role.", "the role's key in policies/staff"},
		{"storybook.badge.", "the tone's name"},
		{"home.badge.", "the tone of the card"},
		{"referrals.step.", "the step's name"},
		{"referrals.state.", "the state of a referral"},
		{"referrals.next.", "who acts next"},
		{"referrals.todo.", "what there is to do in a state"},
		{"referrals.silence.", "what happens if nobody acts"},
		{"referrals.event.", "what happened to a referral"},
		{"referrals.return.code.", "the code of a return"},
		{"referrals.delivery.", "the state of a delivery"},
		{"referrals.form.", "the field and what is wrong with it"},
		{"handovers.state.", "the end and the state of a hand-over"},
		{"handovers.next.", "the end and the state of a hand-over"},
		{"handovers.next.in.", "the state of a hand-over"},
		{"handovers.next.out.", "the state of a hand-over"},
		{"handovers.silence.", "what happens if nobody acts"},
		{"handovers.event.", "what happened to a hand-over"},
		{"handovers.flash.", "what was done"},
		{"handovers.step.", "the step's name"},
		{"handovers.form.", "the field and what is wrong with it"},
		{"offers.state.", "the state of an offer"},
		{"offers.event.", "what happened to an offer"},
		{"offers.flash.", "what was done with an offer"},
		{"policy.coarse.", "why something was made coarser"},
		{"network.", "the state of the membership, a code"},
		{"delivery.error.", "the mailbox keeps the key of the last failure"},
		{"peers.state.", "the state of the line"},
		{"peers.item.", "the state of the message"},
		{"peers.role.", "the role of the peer"},
		{"peers.type.", "the type of the activity"},
		{"peers.reason.", "the reason's code"},
		{"peers.dropped", "what earlier releases wrote down"},
		{"peers.paused", "what earlier releases wrote down"},
		{"peers.check.", "the outcome of a check"},
		{"peers.flash.", "what was done"},
		{"members.state.", "the state of membership"},
		{"members.event.", "the state entered, or what was changed"},
		{"members.flash.", "what was done"},
		{"second.title.", "the act that two people decide on"},
		{"second.text.", "the act"},
		{"second.confirm.", "the act"},
		{"second.home.", "the act"},
		{"cases.close.", "the reason's code"},
		{"cases.conflict.", "the result's code"},
		{"cases.event.", "the kind of event"},
		{"cases.role.", "the role's code"},
		{"cases.person.", "the field's name"},
		{"cases.reopen.", "the reason's code"},
		{"cases.next.", "the state's code"},
		{"cases.state.next.", "the state's code"},
		{"cases.status.", "the state's code"},
		{"consent.scope.", "the scope's code"},
		{"tokens.scope.", "the scope of a token"},
		{"consent.way.", "the way's code"},
		{"imports.why.", "the reason's code"},
	}
}

// sharedKeys are about what members do together: publications, lessons, meetings.
func sharedKeys() []Dynamic {
	return []Dynamic{
		{"public.state.", "the state of a document"},
		{"public.next.", "the state of a document"},
		{"public.kind.", "the kind of a document"},
		{"public.flash.", "what was done"},
		{"network.state.", "the state of our membership"},
		{"library.filter.", "the name of the facet"},
		{"lessons.state.", "the state of a lesson"},
		{"lessons.next.", "the state of a lesson"},
		{"lessons.part.", "the name of a part"},
		{"lessons.ask.", "the name of a part"},
		{"lessons.why.", "what an anonymiser takes something for"},
		{"lessons.remark.", "the kind of a remark"},
		{"lessons.flash.", "what was done"},
		{"lessons.flash.remark.", "what was done"},
		{"meetings.state.", "the state of a meeting"},
		{"meetings.next.", "the state of a meeting"},
		{"meetings.member.", "the state of a meeting"},
		{"meetings.section.", "the section's number"},
		{"meetings.quorum.", "the rule's name"},
		{"meetings.wanted.", "what is wanted, a code"},
		{"meetings.fate.", "what became of a proposal"},
		{"meetings.comes.", "the reply's code"},
		{"meetings.mode.", "the reply's code"},
		{"meetings.task.", "the state of a task"},
		{"meetings.decision.", "the kind of resolution"},
		{"meetings.finding.", "the kind of finding"},
		{"meetings.nth.", "which one of the month"},
		{"meetings.weekday.", "the day's number"},
		{"meetings.flash.", "what was done"},
	}
}

// ruleKeys are about the rules and the record of processing.
func ruleKeys() []Dynamic {
	return []Dynamic{
		{"policy.why.", "rules and reasons are data of the policies"},
		{"policy.field.", "the field's path"},
		{"policy.field.handover.person.", "the field's name"},
		{"policy.field.lesson.", "the field's path"},
		{"policy.rule.", "the rule's id"},
		{"policy.remedy.", "the reason's code"},
		{"policy.transform.", "the transform's name"},
		{"policy.form.", "the form's name"},
		{"policy.purpose.", "the purpose's name"},
		{"policypage.level.", "the answer's name"},
		{"policypage.says.", "the answer's name"},
		{"policypage.peer.", "the kind of recipient"},
		{"policypage.hint.", "the kind of recipient"},
		{"policypage.who.", "the role that a rule names"},
		{"policypage.need.", "the attribute of a condition"},
		{"policypage.need.consent.", "the level"},
		{"policypage.need.openness.", "the level"},
		{"policypage.under.", "the attribute of a condition"},
		{"policypage.layer.", "where a rule comes from"},
		{"policypage.layer.text.", "where a rule comes from"},
		{"policypage.class.", "the data class's letter"},
		{"policypage.group.", "what the fields are about"},
		{"rules.state.", "the state of a version"},
		{"rules.next.", "the state of a version"},
		{"rules.forbid.", "the form that a rule names"},
		{"rules.who.", "the role that a rule names"},
		{"rules.what.", "the class or trait that a rule names"},
		{"rules.when.", "the attribute of a condition"},
		{"rules.problem.", "the column of a rule"},
		{"rules.flash.", "what was done"},
		{"record.activity.", "the activity's name"},
		{"record.purpose.", "the activity's name"},
		{"record.subject.", "whose data, a code"},
		{"record.kind.", "the kind of data"},
		{"record.inside.", "who sees it, a code"},
		{"record.outside.", "who is told, a code"},
		{"record.keep.", "the retention class"},
		{"record.keep.years.", "from when"},
		{"record.keep.until.", "until when"},
		{"record.ends.", "how it ends"},
	}
}

// NotKeys are words in Go code that look like message keys and are something
// else, with what they are.
func NotKeys() map[string]string {
	return map[string]string{
		"account.users":     "name of a database lock",
		"account.tokens":    "name of a database lock",
		"delivery.":         "beginning of an act in the audit trail",
		"members.id":        "field of a members list",
		"members.network":   "field of a members list",
		"members.items":     "field of a members list",
		"members.updated":   "field of a members list",
		"members.version":   "field of a members list",
		"policy.why.needs_": "beginning of a key, see DynamicKeys",
		"rules.draft":       "an act in the audit trail",
		"rules.edit":        "an act in the audit trail",
		"rules.activate":    "an act in the audit trail",
		"rules.rollback":    "an act in the audit trail",
		"policy.key":        "name of a key file",
		"policy.rows":       "name of a setting",
	}
}
