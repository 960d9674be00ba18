package nodeui

import "github.com/saphan-network/saphan/web/ui"

// ImportReason says in a sentence why a row needs a person, or is not accepted.
func ImportReason(code string) ui.Text {
	key, ok := map[string]string{
		"no_identity": "imports.why.no_identity", "test_row": "imports.why.test_row", "no_consent": "imports.why.no_consent",
		"erasure_requested": "imports.why.erasure_requested", "anonymous": "imports.why.anonymous", "name_missing": "imports.why.name_missing",
		"name_lost_encoding": "imports.why.name_lost_encoding", "several_persons": "imports.why.several_persons",
		"group_count_mismatch": "imports.why.group_count_mismatch", "group_detail_conflict": "imports.why.group_detail_conflict",
		"group_without_names": "imports.why.group_without_names", "duplicate_in_group": "imports.why.duplicate_in_group",
		"informant_not_client": "imports.why.informant_not_client", "not_a_client": "imports.why.not_a_client",
		"id_check_digit": "imports.why.id_check_digit", "id_length": "imports.why.id_length", "gcode_length": "imports.why.gcode_length",
		"id_scientific": "imports.why.id_scientific", "id_leading_zeros": "imports.why.id_leading_zeros", "id_letters": "imports.why.id_letters",
		"id_masked": "imports.why.id_masked", "two_ids": "imports.why.two_ids", "date_invalid": "imports.why.date_invalid",
		"date_unclear": "imports.why.date_unclear", "date_ambiguous": "imports.why.date_ambiguous", "date_future": "imports.why.date_future",
		"date_two": "imports.why.date_two", "date_device_clock": "imports.why.date_device_clock", "duplicate_person": "imports.why.duplicate_person",
		"duplicate_number": "imports.why.duplicate_number", "duplicate_row": "imports.why.duplicate_row", "amount_unclear": "imports.why.amount_unclear",
		"deceased_or_missing": "imports.why.deceased_or_missing", "consent_missing": "imports.why.consent_missing", "age_conflict": "imports.why.age_conflict",
		"minor_without_guardian": "imports.why.minor_without_guardian", "multi_select_conflict": "imports.why.multi_select_conflict",
		"compartment_needed": "imports.why.compartment_needed", "type_not_incident": "imports.why.type_not_incident",
		"next_check_unclear": "imports.why.next_check_unclear", "formula_in_cell": "imports.why.formula_in_cell", "not_accepted": "imports.why.not_accepted",
	}[code]
	if !ok {
		return ui.Say(code)
	}
	return ui.T(key)
}

// ImportField names a field of a register's row.
func ImportField(field string) ui.Text {
	key, ok := map[string]string{
		"seq": "imports.held.seq", "case": "imports.field.case", "date": "imports.field.date", "name": "imports.held.name",
		"latin_name": "imports.held.latin_name", "given_name": "imports.field.given", "surname": "imports.field.family",
		"nickname": "imports.held.nickname", "birth": "imports.field.birth", "id": "imports.field.id", "group": "imports.held.group",
		"ethnicity": "imports.held.ethnicity", "nationality": "imports.held.nationality", "sex": "imports.field.sex", "age": "imports.held.age",
		"document": "imports.held.document", "document_number": "imports.held.document_number", "employer": "imports.held.employer",
		"vessel": "imports.held.vessel", "province": "imports.field.province", "work": "imports.held.work", "issue": "imports.held.issue",
		"owed": "imports.held.owed", "count": "imports.held.count", "address": "imports.held.address", "phone": "imports.field.phone",
		"problem": "imports.held.problem", "help": "imports.held.help", "progress": "imports.held.progress", "officer": "imports.held.officer",
		"status": "imports.held.status", "result": "imports.held.result", "note": "imports.held.note", "matter": "imports.held.matter",
		"filed": "imports.held.filed",
	}[field]
	if !ok {
		return ui.T("imports.held.other")
	}
	return ui.T(key)
}

// ImportState is the badge of an import's state.
func ImportState(state string) ui.Badge {
	switch state {
	case "ready":
		return ui.Badge{Text: ui.T("imports.state.ready"), Tone: "act"}
	case "running":
		return ui.Badge{Text: ui.T("imports.state.running"), Tone: "wait"}
	case "stopped":
		return ui.Badge{Text: ui.T("imports.state.stopped"), Tone: "act"}
	case "failed":
		return ui.Badge{Text: ui.T("imports.state.failed"), Tone: "danger"}
	case "done":
		return ui.Badge{Text: ui.T("imports.state.done"), Tone: "done"}
	}
	return ui.Badge{Text: ui.T("imports.state.dropped")}
}

// ImportLead says what an import's state means for the person.
func ImportLead(state string) ui.Text {
	switch state {
	case "ready":
		return ui.T("imports.show.lead.ready")
	case "running":
		return ui.T("imports.show.lead.running")
	case "stopped":
		return ui.T("imports.show.lead.stopped")
	case "failed":
		return ui.T("imports.show.lead.failed")
	case "done":
		return ui.T("imports.show.lead.done")
	}
	return ui.T("imports.show.lead.dropped")
}

// ImportRowState is the badge of a row: what was found, or what became of it.
func ImportRowState(do, state string) ui.Badge {
	switch state {
	case "taken":
		return ui.Badge{Text: ui.T("imports.rowstate.taken"), Tone: "done"}
	case "already":
		return ui.Badge{Text: ui.T("imports.rowstate.already")}
	case "waiting":
		return ui.Badge{Text: ui.T("imports.rowstate.waiting"), Tone: "act"}
	case "decided":
		return ui.Badge{Text: ui.T("imports.rowstate.decided"), Tone: "done"}
	case "discarded":
		return ui.Badge{Text: ui.T("imports.rowstate.discarded")}
	case "refused":
		return ui.Badge{Text: ui.T("imports.rowstate.refused"), Tone: "danger"}
	}
	switch do {
	case "import":
		return ui.Badge{Text: ui.T("imports.tab.import"), Tone: "done"}
	case "queue":
		return ui.Badge{Text: ui.T("imports.tab.queue"), Tone: "act"}
	case "refuse":
		return ui.Badge{Text: ui.T("imports.tab.refuse"), Tone: "danger"}
	}
	return ui.Badge{Text: ui.T("imports.rowstate.pending")}
}

// ImportReasons are the reasons for leaving a row out, for choosing one.
func ImportReasons(chosen string) []ui.Option {
	o := []ui.Option{
		{Value: "duplicate", Label: ui.T("imports.reason.duplicate")},
		{Value: "not_a_client", Label: ui.T("imports.reason.not_a_client")},
		{Value: "erasure", Label: ui.T("imports.reason.erasure")},
		{Value: "no_identity", Label: ui.T("imports.reason.no_identity")},
		{Value: "other_register", Label: ui.T("imports.reason.other_register")},
		{Value: "error", Label: ui.T("imports.reason.error")},
	}
	for i := range o {
		o[i].Selected = o[i].Value == chosen
	}
	return o
}
