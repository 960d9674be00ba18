package app_test

// allRoutes is every route of a node. The columns are: nobody, the caseworker
// who has the case, one who has not, a lawyer, the supervisor of the team, the
// intern who has the case, a volunteer, the network's contact, the
// administrator, the auditor.
func allRoutes() []route {
	draft := form("do", "save", "needs", "dna", "kind", "service", "urgency", "urgent", "purpose", "status_work", "target", there+"/ap/org")
	again := form("do", "save", "needs", "dna", "kind", "service", "urgency", "urgent", "purpose", "status_work", "target", there+"/ap/org", "version", "1")
	return append(meetingRoutes(), []route{
		// for everybody
		{"GET", "/assets/*name", "", nil, "404 404 404 404 404 404 404 404 404 404"},
		{"HEAD", "/assets/*name", "", nil, "404 404 404 404 404 404 404 404 404 404"},
		{"GET", "/login", "", nil, "200 303 303 303 303 303 303 303 303 303"},
		{"POST", "/login", "", form("login", "{new}", "password", "wrong wrong wrong"), "401 401 401 401 401 401 401 401 401 401"},
		{"GET", "/licences", "", nil, "200 200 200 200 200 200 200 200 200 200"},
		{"POST", "/lang", "", form("lang", "th", "to", "/"), "303 303 303 303 303 303 303 303 303 303"},
		{"POST", "/exit", "", nil, "200 200 200 200 200 200 200 200 200 200"},
		{"POST", "/logout", "", nil, "303 303 303 303 303 303 303 303 303 303"},
		{"GET", "/welcome/:token", "person", nil, "200 200 200 200 200 200 200 200 200 200"},
		{"POST", "/welcome/:token", "person", form("password", "three river stones", "again", "three river stone"), "422 422 422 422 422 422 422 422 422 422"},

		// for everybody who is signed in
		{"GET", "/", "", nil, "303 200 200 200 200 200 200 200 200 200"},
		{"GET", "/account", "", nil, "303 200 200 200 200 200 200 200 200 200"},
		{"POST", "/account/language", "", form("lang", "th"), "401 303 303 303 303 303 303 303 303 303"},
		{"POST", "/account/password", "", form("old", "x", "password", "three river stones", "again", "another"), "401 422 422 422 422 422 422 422 422 422"},
		{"GET", "/account/tokens", "", nil, "303 200 200 200 200 200 200 200 200 200"},
		{"POST", "/account/tokens", "", form("label", "x", "scopes", "cases:read", "days", "7", "password", "wrong wrong wrong"), "401 422 422 422 422 422 422 422 422 422"},
		{"POST", "/account/tokens/:id/end", "", nil, "401 404 404 404 404 404 404 404 404 404"},
		{"POST", "/account/end", "", nil, "401 303 303 303 303 303 303 303 303 303"},

		// people and the ledger
		{"GET", "/people", "", nil, "303 403 403 403 403 403 403 403 200 403"},
		{"POST", "/people", "", form("login", "", "name", "x", "roles", "volunteer"), "401 403 403 403 403 403 403 403 422 403"},
		{"GET", "/people/new", "", nil, "303 403 403 403 403 403 403 403 200 403"},
		{"GET", "/people/:id", "person", nil, "303 403 403 403 403 403 403 403 200 403"},
		{"POST", "/people/:id/roles", "person", form("roles", "intern"), "401 403 403 403 403 403 403 403 303 403"},
		{"POST", "/people/:id/disable", "person", nil, "401 403 403 403 403 403 403 403 303 403"},
		{"POST", "/people/:id/enable", "closed", nil, "401 403 403 403 403 403 403 403 200 403"},
		{"POST", "/people/:id/link", "person", nil, "401 403 403 403 403 403 403 403 200 403"},
		{"GET", "/ledger", "", nil, "303 403 403 403 403 403 403 403 403 200"},
		{"GET", "/ledger/copies", "", nil, "303 403 403 403 403 403 403 403 403 200"},
		{"POST", "/ledger/export", "", nil, "401 403 403 403 403 403 403 403 403 200"},
		{"POST", "/ledger/compare", "", nil, "401 403 403 403 403 403 403 403 403 422"},

		// case files
		{"GET", "/cases", "", nil, "303 200 200 200 200 200 200 403 403 403"},
		{"POST", "/cases", "intake", form("draft", "1", "key", "{draft}", "problem", "x"), "401 303 404 404 404 404 404 404 404 404"},
		{"GET", "/cases/find", "", nil, "303 303 303 303 303 303 303 303 303 303"},
		{"POST", "/cases/find", "", form("q", "x"), "401 200 200 200 200 200 200 403 403 403"},
		{"GET", "/cases/new", "", nil, "303 200 200 200 200 404 404 404 404 404"},
		{"POST", "/cases/drafts/:key/drop", "intake", nil, "401 303 303 303 303 303 303 303 303 303"},
		{"GET", "/cases/:id", "case", nil, "303 200 404 200 200 200 404 404 404 404"},
		{"POST", "/cases/:id/identity", "case", nil, "401 200 404 200 200 403 404 404 404 404"},
		{"POST", "/cases/:id/screen", "case", form("basis", "explicit_consent", "conflict", "pending", "version", "999"), "401 303 404 403 303 403 404 404 404 404"},
		{"POST", "/cases/:id/move", "case", form("to", "screening", "version", "999"), "401 303 404 403 303 403 404 404 404 404"},
		{"POST", "/cases/:id/note", "case", form("note", "ทดสอบ"), "401 303 404 303 303 303 404 404 404 404"},
		{"POST", "/cases/:id/assign", "case", form("user", "nobody"), "401 403 404 403 422 403 404 404 404 404"},
		{"GET", "/cases/:id/edit", "case", nil, "303 200 404 403 200 403 404 404 404 404"},
		{"POST", "/cases/:id/edit", "case", form("problem", "ใหม่", "version", "999"), "401 409 404 403 409 403 404 404 404 404"},
		{"GET", "/cases/:id/persons/new", "case", nil, "303 200 404 403 200 403 404 404 404 404"},
		{"POST", "/cases/:id/persons", "case", form("person.0.given", "จะอือ", "version", "999"), "401 409 404 403 409 403 404 404 404 404"},
		{"POST", "/cases/:id/persons/:person/open", "case", nil, "401 200 404 403 200 403 404 404 404 404"},
		{"POST", "/cases/:id/persons/:person", "case", form("person.0.given", "จะอือ", "version", "999"), "401 409 404 403 409 403 404 404 404 404"},
		{"POST", "/cases/:id/persons/:person/remove", "case", form("version", "{version}"), "401 303 404 403 303 403 404 404 404 404"},
		{"POST", "/cases/:id/reopen", "over", form("reopen_reason", "came_back", "version", "{version}"), "401 403 404 403 303 403 404 404 404 404"},
		{"GET", "/cases/:id/consents/new", "open", nil, "303 200 404 403 200 403 404 404 404 404"},
		{"POST", "/cases/:id/consents", "open", form("purpose", "status_work"), "401 422 404 403 422 403 404 404 404 404"},
		{"POST", "/cases/:id/consents/:consent/withdraw", "open", form("how", "by_phone"), "401 303 404 403 303 403 404 404 404 404"},

		// referrals, the sending end
		{"GET", "/cases/:id/refer", "open", nil, "303 200 404 403 200 404 404 404 404 404"},
		{"POST", "/cases/:id/refer", "open", draft, "401 303 404 403 303 404 404 404 404 404"},
		{"GET", "/referrals", "", nil, "303 200 200 200 200 200 200 200 200 200"},
		{"GET", "/referrals/:id", "open draft", nil, "303 200 404 200 200 404 404 404 404 404"},
		{"GET", "/referrals/:id/edit", "open draft", nil, "303 200 404 403 200 404 404 404 404 404"},
		{"POST", "/referrals/:id/edit", "open draft", again, "401 303 404 403 303 404 404 404 404 404"},
		{"POST", "/referrals/:id/submit", "open draft", nil, "401 303 404 403 303 404 404 404 404 404"},
		{"POST", "/referrals/:id/approve", "open submitted", form("sha256", "{sha256}"), "401 403 404 403 303 404 404 404 404 404"},
		{"POST", "/referrals/:id/return", "open submitted", form("reason", "too_much"), "401 403 404 403 303 404 404 404 404 404"},
		{"GET", "/cases/:id/sent", "open", nil, "303 200 404 200 200 404 404 404 404 404"},
		{"POST", "/referrals/:id/receipt", "open sent", nil, "401 303 404 303 303 404 404 404 404 404"},
		{"GET", "/referrals/:id/receipt", "open receipt", nil, "303 200 404 200 200 404 404 404 404 404"},
		{"GET", "/receipts", "", nil, "303 200 200 200 200 200 200 200 200 200"},
		{"POST", "/receipts/find", "", form("code", "AAAAAAAA"), "401 200 200 200 200 200 200 200 200 200"},
		{"POST", "/referrals/:id/withdraw", "open sent", form("reason", "resolved"), "401 303 404 403 303 404 404 404 404 404"},
		{"POST", "/referrals/:id/close", "open sent", form("confirmed", "yes"), "401 409 404 403 409 404 404 404 404 404"},

		// offers, the receiving end
		{"GET", "/offers", "offer", nil, "303 200 200 200 200 403 403 200 403 403"},
		// stage 2, both ends
		{"GET", "/referrals/:id/handover", "open sent wished", nil, "303 200 404 200 200 404 404 404 404 404"},
		{"POST", "/referrals/:id/handover/agree", "open sent wished", form("agreed", "full_name", "medium", "paper", "language", "th", "guardian", "นาซือ"), "401 303 404 403 303 404 404 404 404 404"},
		{"POST", "/referrals/:id/handover/prepare", "open sent agreed", form("fields", "full_name"), "401 303 404 403 303 404 404 404 404 404"},
		{"POST", "/referrals/:id/handover/approve", "open sent prepared", form("sha256", "{sha256}"), "401 403 404 403 303 404 404 404 404 404"},
		{"POST", "/referrals/:id/handover/return", "open sent prepared", form("reason", "too_much"), "401 403 404 403 303 404 404 404 404 404"},
		{"POST", "/referrals/:id/handover/refuse", "open sent wished", form("reason", "consent_refused"), "401 303 404 403 303 404 404 404 404 404"},
		{"POST", "/referrals/:id/handover/recall", "open sent handed", form("reason", "safety"), "401 303 404 403 303 404 404 404 404 404"},
		{"GET", "/offers/:id/handover", "taken wanted", nil, "303 200 200 200 200 404 404 200 404 404"},
		{"POST", "/offers/:id/handover/ask", "taken", form("fields", "full_name", "named", "{nok}"), "401 303 303 303 303 404 404 403 404 404"},
		{"POST", "/offers/:id/handover/again", "taken wanted", nil, "401 303 303 303 303 404 404 403 404 404"},
		{"POST", "/offers/:id/handover/name", "taken come", form("named", "{nok}"), "401 403 403 403 303 404 404 403 404 404"},
		{"POST", "/offers/:id/handover/open", "taken come", nil, "401 303 403 403 403 404 404 403 404 404"},
		{"POST", "/offers/:id/handover/erase", "taken come", form("reason", "consent_withdrawn"), "401 303 403 403 303 404 404 403 404 404"},

		{"GET", "/offers/:id", "offer", nil, "303 200 200 200 200 404 404 200 404 404"},
		{"POST", "/offers/:id/accept", "offer", nil, "401 403 403 303 303 404 404 303 404 404"},
		{"POST", "/offers/:id/consider", "offer", nil, "401 403 403 303 303 404 404 303 404 404"},
		{"POST", "/offers/:id/decline", "offer", form("reason", "capacity"), "401 403 403 303 303 404 404 303 404 404"},
		{"POST", "/offers/:id/suggest", "offer", form("reason", "capacity", "suggested", "https://law.example/ap/org"), "401 403 403 303 303 404 404 303 404 404"},
		{"POST", "/offers/:id/progress", "taken", form("step", "assistance"), "401 303 303 303 303 404 404 303 404 404"},
		{"POST", "/offers/:id/hold", "taken", nil, "401 303 303 303 303 404 404 303 404 404"},
		{"POST", "/offers/:id/complete", "taken", form("outcomes", "advice_given", "month", "2026-01"), "401 303 303 303 303 404 404 303 404 404"},
		{"POST", "/offers/:id/fail", "taken", form("reason", "moved"), "401 303 303 303 303 404 404 303 404 404"},
		{"POST", "/offers/:id/disengaged", "taken", nil, "401 303 303 303 303 404 404 303 404 404"},

		// the network
		{"GET", "/network", "", nil, "303 200 200 200 200 403 403 200 200 200"},
		{"GET", "/network/join", "", nil, "303 403 403 403 403 403 403 200 200 403"},
		{"POST", "/network/join", "", form("address", "not an address"), "401 403 403 403 403 403 403 422 422 403"},
		{"POST", "/network/join/confirm", "", form("actor", "not an address", "print", "0"), "401 403 403 403 403 403 403 400 400 403"},
		{"POST", "/network/leave", "", nil, "401 403 403 403 403 403 403 409 409 403"},
		{"GET", "/peers", "open sent", nil, "303 200 200 200 200 403 403 200 200 200"},
		{"GET", "/peers/one", "open sent", nil, "303 200 200 200 200 403 403 200 200 200"},
		{"POST", "/peers/retry", "open sent", form("item", "{item}", "peer", there+"/ap/org"), "401 403 403 403 403 403 403 303 303 403"},
		{"POST", "/peers/drop", "open sent", form("item", "{item}", "peer", there+"/ap/org", "reason", "agreed"), "401 403 403 403 403 403 403 303 303 403"},
		{"POST", "/peers/again", "open sent", form("peer", there+"/ap/org"), "401 403 403 403 403 403 403 303 303 403"},
		{"POST", "/peers/discard", "open sent", form("item", "{item}", "peer", there+"/ap/org", "reason", "agreed"), "401 403 403 403 403 403 403 404 404 403"},
		{"GET", "/peers/check", "open sent", nil, "303 403 403 403 403 403 403 200 200 403"},
		{"POST", "/peers/check", "open sent", form(), "401 403 403 403 403 403 403 200 200 403"},
		{"POST", "/peers/pause", "open sent", form("peer", there+"/ap/org", "reason", "maintenance"), "401 403 403 403 403 403 403 303 303 403"},
		{"POST", "/peers/resume", "open sent", form("peer", there+"/ap/org"), "401 403 403 403 403 403 403 303 303 403"},

		// what the rules let out
		{"GET", "/policy", "", nil, "303 200 200 200 200 403 403 200 200 200"},
		{"GET", "/policy/why", "", nil, "303 200 200 200 200 403 403 200 200 200"},
		{"GET", "/policy/rules", "", nil, "303 200 200 200 200 403 403 200 200 200"},
		{"POST", "/policy/rules", "rules", form("note", ""), "401 403 403 403 422 403 403 403 403 403"},
		{"GET", "/policy/rules/:n", "rules", nil, "303 200 200 200 200 403 403 200 200 200"},
		{"GET", "/policy/rules/:n/rule", "rules", nil, "303 403 403 403 200 403 403 403 403 403"},
		{"POST", "/policy/rules/:n/rule", "rules", form("who", "*", "field", "referral/subject/place", "purpose", "*", "form", "*", "reason", "x"), "401 403 403 403 200 403 403 403 403 403"},
		{"POST", "/policy/rules/:n/drop", "rules", form("revision", "9", "name", "own_1"), "401 403 403 403 409 403 403 403 403 403"},
		{"POST", "/policy/rules/:n/propose", "rules", form("revision", "9", "hash", "x"), "401 403 403 403 409 403 403 403 403 403"},
		{"POST", "/policy/rules/:n/activate", "rules", form("revision", "9", "over", "0", "hash", "x"), "401 403 403 403 403 403 403 403 409 403"},
		{"POST", "/policy/rules/:n/answer", "rules", form("revision", "9", "answer", "x"), "401 403 403 403 409 403 403 403 409 403"},

		// the record of processing
		{"GET", "/record", "", nil, "303 403 403 403 403 403 403 403 200 200"},
		{"GET", "/record/csv", "", nil, "303 403 403 403 403 403 403 403 200 200"},
		{"GET", "/record/json", "", nil, "303 403 403 403 403 403 403 403 200 200"},

		// registers of former years
		{"GET", "/imports", "register", nil, "303 403 403 403 200 403 403 403 403 403"},
		{"POST", "/imports", "", nil, "401 403 403 403 422 403 403 403 403 403"},
		{"GET", "/imports/queue", "row", nil, "303 403 403 403 200 403 403 403 403 403"},
		{"GET", "/imports/queue/:row", "row", nil, "303 403 403 403 200 403 403 403 403 403"},
		{"POST", "/imports/queue/:row", "row", nil, "401 403 403 403 422 403 403 403 403 403"},
		{"POST", "/imports/queue/:row/aside", "row", form("reason", "error"), "401 403 403 403 303 403 403 403 403 403"},
		{"GET", "/imports/:id", "register", nil, "303 403 403 403 200 403 403 403 403 403"},
		{"POST", "/imports/:id/start", "register", nil, "401 403 403 403 303 403 403 403 403 403"},
		{"POST", "/imports/:id/stop", "register", nil, "401 403 403 403 303 403 403 403 403 403"},
		{"POST", "/imports/:id/drop", "register", nil, "401 403 403 403 303 403 403 403 403 403"},
	}...)
}
