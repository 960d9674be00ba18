package policies

// place says what may stand at one place of an outgoing activity: either what
// was released for a field, or something structural.
type place struct {
	field string // path of the registry
	part  int    // which of the released values, from 1; 0: any of them
	is    string // structural: name of a test in structure
}

func released(path string) place { return place{field: path} }

// places is the one table from places of an activity to fields. kind is what the
// activity embeds: referral, engagement, membership, members, key, public,
// greeting, application, meeting, meeting reply, meeting attendance, lesson, passed on, or "".
func places(kind string) map[string]place {
	m := map[string]place{
		"id": {is: "activity id"}, "type": {is: "activity type"}, "actor": {is: "self"}, "to": {is: "peer"},
		"published": {is: "hour"}, "sequence": {is: "serial"}, "object": {is: "reference"},
		"reasonCode": released("activity/reason"), "suggestedTarget": released("activity/suggested"),
		"confirmed": released("activity/confirmed"), "expected": released("activity/expected"), "digest": released("activity/digest"),
	}
	add := func(prefix string, more map[string]place) {
		for k, v := range more {
			m[prefix+"/"+k] = v
		}
	}
	switch kind {
	case "referral":
		delete(m, "object")
		add("object", referralPlaces())
	case "engagement":
		add("result", engagementPlaces())
	case "engagement update":
		delete(m, "object")
		add("object", engagementPlaces())
	case "membership":
		add("result", membershipPlaces())
	case "application":
		add("instrument", applicationPlaces())
	case "key":
		delete(m, "object")
		add("object", keyPlaces())
	case "request":
		delete(m, "object")
		add("object", requestPlaces())
	case "sealed":
		delete(m, "object")
		add("object", packagePlaces())
	case "purge":
		add("result", purgePlaces())
	case "lesson":
		return lessonPlaces("")
	case "passed on":
		return lessonPlaces("object/")
	case "meeting", "meeting reply", "meeting attendance":
		return meetingPlaces(kind)
	case "public":
		return publicPlaces()
	case "greeting":
		return greetingPlaces()
	case "members":
		delete(m, "object")
		add("object", membersPlaces())
	}
	return m
}

func referralPlaces() map[string]place {
	return map[string]place{
		"type": {is: "referral type"}, "id": {is: "referral id"}, "attributedTo": {is: "self"}, "to": {is: "peer"},
		"schema": {is: "referral schema"}, "revision": {is: "serial"},
		"kind": released("referral/kind"), "urgency": released("referral/urgency"), "respondBy": released("referral/respond_by"),
		"purpose": released("referral/purpose"), "needs": released("referral/needs"), "issues": released("referral/issues"),
		"subject/kind": released("referral/subject/kind"), "subject/ageBand": released(pathBirth), "subject/sex": released(pathSex),
		"subject/sizeBand": released(pathHousehold), "subject/minors": released("referral/subject/minors"),
		"subject/statusFamily": released(pathStatus), "subject/areaLevel": {field: pathPlace, part: 1}, "subject/areaCode": {field: pathPlace, part: 2},
		"subject/interpreter": released("referral/subject/interpreter"), "subject/guardianPresent": released("referral/subject/guardian_present"),
		"feedbackDue":       released("referral/feedback_due"),
		"disclosure/policy": {is: "policy"}, "disclosure/transforms": {is: "transform"}, "disclosure/k": {is: "k"},
		"consent/basis": released("referral/consent/basis"), "consent/scope": released("referral/consent/scope"), "consent/version": released("referral/consent/version"),
	}
}

func engagementPlaces() map[string]place {
	return map[string]place{
		"type": {is: "engagement type"}, "id": {is: "engagement id"}, "attributedTo": {is: "self"}, "to": {is: "peer"},
		"referral": {is: "peer reference"}, "revision": {is: "serial"},
		"state": released("engagement/state"), "step": released("engagement/step"), "outcomes": released("engagement/outcomes"),
		"reason": released("engagement/reason"), "nextUpdate": released("engagement/next_update"), "month": released("engagement/month"),
	}
}

func membershipPlaces() map[string]place {
	return map[string]place{
		"type": {is: "membership type"}, "id": {is: "membership id"}, "subject": {is: "peer"}, "object": {is: "self"},
		"relationship": {is: "relationship"}, "tier": released("membership/tier"),
	}
}

func keyPlaces() map[string]place {
	return map[string]place{
		"type": {is: "organisation type"}, "id": {is: "self"}, "publicKey/id": released("membership/key_id"), "publicKey/owner": {is: "self"},
		"publicKey/publicKeyPem": released("membership/key"),
		"assertionMethod/id":     released("membership/assertion_id"), "assertionMethod/type": {is: "multikey type"}, "assertionMethod/controller": {is: "self"},
		"assertionMethod/publicKeyMultibase": released("membership/assertion"),
	}
}

func membersPlaces() map[string]place {
	m := map[string]place{
		"type": {is: "members type"}, "id": {is: "members id"}, "network": {is: "self"},
		"version": released("members/version"), "updated": released("members/updated"), "totalItems": {is: "serial"},
		"orderedItems/type": {is: "organisation type"}, "orderedItems/assertionMethod/type": {is: "multikey type"},
		"publicKey/id": released("members/hub_key_id"), "publicKey/owner": {is: "self type"}, "publicKey/publicKeyPem": released("members/hub_key"),
		"publicKey/expires": released("members/hub_key_end"), "assertionMethod/expires": released("members/hub_key_end"),
		"assertionMethod/id": released("members/hub_key_id"), "assertionMethod/type": {is: "multikey type"}, "assertionMethod/controller": {is: "self type"},
		"assertionMethod/publicKeyMultibase": released("members/hub_key"),
		"proof/type":                         {is: "proof word"}, "proof/cryptosuite": {is: "proof word"}, "proof/proofPurpose": {is: "proof word"},
		"proof/verificationMethod": released("members/hub_key_id"), "proof/created": released("members/proof_time"), "proof/proofValue": released("members/proof"),
	}
	for name, path := range map[string]string{
		"id": "actor", "name": "name", "inbox": "inbox", "publicKey/id": "key_id", "publicKey/owner": "actor", "publicKey/publicKeyPem": "key", "publicKey/expires": "key_end",
		"assertionMethod/id": "assertion_id", "assertionMethod/controller": "actor", "assertionMethod/publicKeyMultibase": "assertion", "assertionMethod/expires": "key_end",
		"tier": "tier", "state": "state", "services": "services", "regions": "regions", "languages": "languages", "capacity": "capacity",
	} {
		m["orderedItems/"+name] = released("members/" + path)
	}
	return m
}

// purposesOf says for which purposes an activity of a type may be cleared, by
// what it embeds.
func purposesOf(activity, kind string) []string {
	switch activity + " " + kind {
	case "Offer referral":
		return []string{Referral}
	case "Accept engagement", "Update engagement update":
		return []string{Feedback}
	case "Add sealed":
		return []string{Handover}
	case "Read ", "Undo ", "Accept ", "View ", "Offer request", "Delete purge":
		return []string{Protocol}
	case "Reject ", "TentativeAccept ":
		return []string{Protocol, Membership}
	case "Join ", "Join application", "Leave ", "Invite ", "Accept membership", "Update members", "Update key":
		return []string{Membership}
	case "Create public", "Update public", "Delete public", "Announce public":
		return []string{Publish}
	case "Create lesson", "Update lesson", "Delete lesson", "Announce passed on":
		return []string{Lesson}
	case "Invite meeting", "Update meeting", "Create meeting", "Offer meeting reply", "Create meeting reply", "Create meeting attendance", "Update meeting attendance":
		return []string{Meeting}
	case "Accept greeting":
		return []string{Protocol}
	}
	return nil
}
