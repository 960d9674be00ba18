package register

// values returns what was read of a row, in the names that expected.json and
// scripts use. They are personal: they belong on the screen of who imports and
// into sealed storage, nowhere else.
func (r *row) values() map[string]any {
	switch r.t.kind {
	case Claims:
		return r.claimValues()
	case Filings:
		v := r.personValues()
		v["filed"] = whenValue(r.intake)
		v["matter"] = orNil(r.own(fMatter))
		v["result"] = orNil(r.own(fResult))
		v["address"] = orNil(r.text(fAddress))
		return v
	}
	v := r.personValues()
	v["case"] = orNil(r.caseKey)
	v["intake_date"] = whenValue(r.intake)
	v["group_text"] = orNil(r.own(fGroup))
	v["ethnicity_text"] = orNil(r.own(fEthnic))
	v["status"] = orNil(r.status())
	v["address"] = orNil(r.text(fAddress))
	v["phone"] = orNil(r.text(fPhone))
	v["problem"] = orNil(r.text(fProblem))
	v["help"] = orNil(r.text(fHelp))
	v["progress"] = orNil(r.progress())
	v["officer"] = orNil(r.text(fOfficer))
	v["note"] = orNil(r.own(fNote))
	return v
}

// status is the state of the file: by its words, or by its colour where the
// legend under the table says what the colour means.
func (r *row) status() string {
	if s := status(r.text(fStatus)); s != "" {
		return s
	}
	if r.colour != "" {
		return r.colour
	}
	if r.head != nil && r.head.colour != "" && r.fill() == "" {
		return r.head.colour
	}
	return ""
}

func (r *row) progress() string {
	s := r.text(fProgress)
	head := r
	if r.head != nil {
		head = r.head
	}
	for _, more := range head.more {
		s += "\n" + more
	}
	if head != r {
		for _, more := range r.more {
			s += "\n" + more
		}
	}
	return s
}

func (r *row) personValues() map[string]any {
	v := map[string]any{
		"nickname": orNil(r.own(fNick)),
		"birth":    birthValue(r.birth),
		"id":       idValue(r.id),
	}
	if len(r.people) > 1 {
		list := make([]map[string]any, len(r.people))
		for i, p := range r.people {
			list[i] = nameValue(p.name)
		}
		v["persons"] = list
		return v
	}
	if len(r.people) == 1 {
		for k, x := range nameValue(r.people[0].name) {
			v[k] = x
		}
		v["name_aside"] = orNil(r.people[0].name.Aside)
	}
	return v
}

func nameValue(n Name) map[string]any {
	return map[string]any{"title": orNil(n.Title), "given_name": orNil(n.Given), "surname": orNil(n.Family), "full_name": n.Full}
}

func (r *row) claimValues() map[string]any {
	codes, _ := issues(r.own(fIssue))
	kind := documentKind(r.own(fDocKind))
	v := map[string]any{
		"date":           orNil(r.intake.Value),
		"sex":            orNil(sexOf(r.own(fSex))),
		"age_text":       orNil(r.own(fAge)),
		"nationality":    nationalities(r.own(fNation)),
		"document":       map[string]any{"kind": kind, "value": orNil(r.id.Value)},
		"employer":       orNil(r.own(fEmployer)),
		"vessel":         orNil(r.own(fVessel)),
		"province":       orNil(r.own(fProvince)),
		"work":           orNil(r.own(fWork)),
		"issues":         codes,
		"problem":        orNil(r.text(fProblem)),
		"help":           orNil(r.own(fHelp)),
		"result":         orNil(r.own(fResult)),
		"phone":          orNil(r.own(fPhone)),
		"note":           orNil(r.own(fNote)),
		"officer":        orNil(r.own(fOfficer)),
		"amount_text":    orNil(r.own(fOwed)),
		"wages_owed_thb": nil,
	}
	if owed := readOwed(r.own(fOwed)); owed.Known && !hasCode(r.codes, "amount_unclear") {
		v["wages_owed_thb"] = owed.Baht
	}
	if len(r.people) > 1 || hasCode(r.codes, "group_without_names") {
		v["persons_named"] = len(r.people)
		v["persons_claimed"] = r.stated
		list := make([]map[string]any, len(r.people))
		for i, p := range r.people {
			list[i] = map[string]any{"full_name": p.name.Full, "title": orNil(p.name.Title), "number": orNil(p.id.Value)}
		}
		v["persons"] = list
		v["name_latin"] = orNil(r.own(fLatin))
		return v
	}
	v["name_th"] = orNil(flat(r.cell(fName).Text))
	v["name_latin"] = orNil(r.own(fLatin))
	return v
}

func hasCode(codes []string, code string) bool {
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func whenValue(w When) any {
	if w.Value == "" {
		return nil
	}
	return map[string]any{"value": w.Value, "precision": w.Precision}
}

func birthValue(b Birth) any {
	if b.Age > 0 {
		return map[string]any{"age_at_intake": b.Age}
	}
	return whenValue(b.When)
}

func idValue(id Identity) any {
	return map[string]any{"kind": id.Kind, "value": orNil(id.Value), "check_ok": id.Valid}
}
