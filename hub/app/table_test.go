package app_test

// allRoutes is every route of a hub. The columns are: nobody, the secretary, the
// administrator, the auditor.
func allRoutes() []route {
	at := []string{"actor", "{member}"}
	with := func(more ...string) []string { return append(append([]string{}, at...), more...) }
	return append(meetingRoutes(), []route{
		// for everybody
		{"GET", "/assets/*name", "", nil, "404 404 404 404"},
		{"HEAD", "/assets/*name", "", nil, "404 404 404 404"},
		{"GET", "/login", "", nil, "200 303 303 303"},
		{"POST", "/login", "", form("login", "{new}", "password", "wrong wrong wrong"), "401 401 401 401"},
		{"GET", "/licences", "", nil, "200 200 200 200"},
		{"POST", "/lang", "", form("lang", "th", "to", "/"), "303 303 303 303"},
		{"POST", "/exit", "", nil, "200 200 200 200"},
		{"POST", "/logout", "", nil, "303 303 303 303"},
		{"GET", "/welcome/:token", "person", nil, "200 200 200 200"},
		{"POST", "/welcome/:token", "person", form("password", "three river stones", "again", "three river stone"), "422 422 422 422"},

		// for everybody who is signed in
		{"GET", "/", "", nil, "303 200 200 200"},
		{"GET", "/account", "", nil, "303 200 200 200"},
		{"POST", "/account/language", "", form("lang", "th"), "401 303 303 303"},
		{"POST", "/account/password", "", form("old", "x", "password", "three river stones", "again", "another"), "401 422 422 422"},
		{"POST", "/account/end", "", nil, "401 303 303 303"},

		// people and the ledger
		{"GET", "/people", "", nil, "303 403 200 403"},
		{"POST", "/people", "", form("login", "", "name", "x", "roles", "auditor"), "401 403 422 403"},
		{"GET", "/people/new", "", nil, "303 403 200 403"},
		{"GET", "/people/:id", "person", nil, "303 403 200 403"},
		{"POST", "/people/:id/roles", "person", form("roles", "auditor"), "401 403 303 403"},
		{"POST", "/people/:id/disable", "person", nil, "401 403 303 403"},
		{"POST", "/people/:id/enable", "closed", nil, "401 403 200 403"},
		{"POST", "/people/:id/link", "person", nil, "401 403 200 403"},
		{"GET", "/ledger", "", nil, "303 403 403 200"},
		{"GET", "/ledger/copies", "", nil, "303 403 403 200"},
		{"POST", "/ledger/export", "", nil, "401 403 403 200"},
		{"POST", "/ledger/compare", "", nil, "401 403 403 422"},

		// the register of members
		{"GET", "/members", "active", nil, "303 200 403 200"},
		{"GET", "/members/one", "active", nil, "303 200 403 200"},
		{"GET", "/members/invite", "", nil, "303 200 403 403"},
		{"POST", "/members/invite", "", form("address", "not an address"), "401 422 403 403"},
		{"POST", "/members/invite/confirm", "", form("actor", "not an address", "print", "0"), "401 400 403 403"},
		{"POST", "/members/door", "", form("to", "open"), "401 303 403 403"},
		{"POST", "/members/accept", "applied", form(with("tier", "observer")...), "401 303 403 403"},
		{"POST", "/members/consider", "applied", form(at...), "401 303 403 403"},
		{"POST", "/members/decline", "applied", form(with("reason", "decision")...), "401 303 403 403"},
		{"POST", "/members/suspend", "active", form(with("reason", "decision")...), "401 303 403 403"},
		{"POST", "/members/reactivate", "suspended", form(at...), "401 303 403 403"},
		{"POST", "/members/propose", "trial", form(with("act", "full")...), "401 303 403 403"},
		{"POST", "/members/confirm", "proposed", form(with("act", "full")...), "401 303 403 403"},
		{"POST", "/members/unpropose", "proposed", form(at...), "401 303 403 403"},
		{"POST", "/members/key", "rekeyed", form(with("print", "0")...), "401 422 403 403"},
		{"POST", "/members/describe", "active", form(with("capacity", "open")...), "401 303 403 403"},

		// the library of lessons
		{"GET", "/library", "", nil, "303 200 403 200"},
		{"POST", "/library/find", "", form("q", "พยาน"), "401 200 403 200"},
		{"GET", "/library/:id", "", nil, "303 404 403 404"},

		// what is public, for everybody, and the secretariat's desk for it
		{"GET", "/public", "published", nil, "200 200 200 200"},
		{"GET", "/public/feed.atom", "published", nil, "200 200 200 200"},
		{"GET", "/public/:id", "published", nil, "200 200 200 200"},
		{"GET", "/publications", "draft", nil, "303 200 403 200"},
		{"GET", "/publications/new", "", nil, "303 200 403 403"},
		{"POST", "/publications", "", form("kind", "statement", "name_th", ""), "401 422 403 403"},
		{"GET", "/publications/:id", "draft", nil, "303 200 403 200"},
		{"GET", "/publications/:id/edit", "draft", nil, "303 200 403 403"},
		{"POST", "/publications/:id", "draft", form("kind", "statement", "version", "1", "name_th", "ใหม่", "body_th", "ใหม่"), "401 303 403 403"},
		{"POST", "/publications/:id/submit", "draft", form("version", "1"), "401 303 403 403"},
		{"POST", "/publications/:id/return", "waiting", form("version", "2"), "401 303 403 403"},
		{"POST", "/publications/:id/release", "waiting", form("sum", "{sum}"), "401 303 403 403"},
		{"POST", "/publications/:id/withdraw", "published", nil, "401 303 403 403"},

		// the lines to the members
		{"GET", "/peers", "mail", nil, "303 200 200 200"},
		{"GET", "/peers/one", "mail", nil, "303 200 200 200"},
		{"POST", "/peers/retry", "mail", form("item", "{item}", "peer", "{member}"), "401 303 303 403"},
		{"POST", "/peers/drop", "mail", form("item", "{item}", "peer", "{member}", "reason", "agreed"), "401 303 303 403"},
		{"POST", "/peers/again", "mail", form("peer", "{member}"), "401 303 303 403"},
		{"POST", "/peers/discard", "mail", form("item", "{item}", "peer", "{member}", "reason", "agreed"), "401 404 404 403"},
		{"GET", "/peers/check", "mail", nil, "303 200 200 403"},
		{"POST", "/peers/check", "mail", form(), "401 200 200 403"},
		{"POST", "/peers/pause", "mail", form("peer", "{member}", "reason", "maintenance"), "401 303 303 403"},
		{"POST", "/peers/resume", "mail", form("peer", "{member}"), "401 303 303 403"},
	}...)
}
