package gofed

// capability9421 names RFC 9421 as FEP-844e does.
const capability9421 = "https://datatracker.ietf.org/doc/html/rfc9421"

// implementsLinks says that a server verifies RFC 9421 signatures (FEP-844e).
func implementsLinks() []any {
	return []any{map[string]any{"type": "Link", "href": capability9421, "name": "RFC-9421: HTTP Message Signatures"}}
}

// putCapability writes it on an application, and elsewhere on the application
// behind the actor.
func putCapability(kind string, u map[string]any) {
	if kind == "Application" {
		u["implements"] = implementsLinks()
		return
	}
	u["generator"] = map[string]any{"type": "Application", "implements": implementsLinks()}
}

// verifies9421 reads it. What others write into these properties in another form
// says nothing, and is no fault.
func verifies9421(root map[string]any) bool {
	return named9421(root["implements"]) || named9421(mapOf(root, "generator")["implements"])
}

func named9421(v any) bool {
	switch v := v.(type) {
	case string:
		return v == capability9421
	case map[string]any:
		return v["href"] == capability9421
	case []any:
		for _, one := range v {
			if _, list := one.([]any); !list && named9421(one) {
				return true
			}
		}
	}
	return false
}
