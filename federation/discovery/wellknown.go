package discovery

import (
	"net/http"
	"strings"

	"github.com/saphan-network/saphan/federation"
)

// webfinger answers for the actors (RFC 7033).
func (s *Site) webfinger(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()["resource"]
	if len(asked) != 1 || asked[0] == "" || len(asked[0]) > federation.MaxIRI {
		status(w, http.StatusBadRequest, "")
		return
	}
	if asked[0] == s.cfg.Base || asked[0] == s.cfg.Base+"/" {
		s.serverActor(w, r)
		return
	}
	for _, a := range append([]federation.Actor{s.cfg.Actor, s.cfg.Instance}, s.cfg.Others...) {
		subject := "acct:" + a.Username + "@" + s.host
		if asked[0] != a.ID && !strings.EqualFold(asked[0], subject) {
			continue
		}
		links := []map[string]string{{"rel": "self", "type": federation.MediaType, "href": a.ID}}
		if a.URL != "" {
			links = append(links, map[string]string{"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": a.URL})
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		fixed("application/jrd+json", mustJSON(map[string]any{"subject": subject, "aliases": []string{a.ID}, "links": links})).ServeHTTP(w, r)
		return
	}
	missing(w)
}

// serverActor answers who asks by the server's own address for the actor that speaks
// for the server as such (FEP-d556).
func (s *Site) serverActor(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	fixed("application/jrd+json", mustJSON(map[string]any{"subject": s.cfg.Base + "/", "links": []map[string]string{
		{"rel": "https://www.w3.org/ns/activitystreams#Service", "type": federation.MediaType, "href": s.cfg.Instance.ID},
	}})).ServeHTTP(w, r)
}

func (s *Site) nodeinfoLinks() http.Handler {
	return fixed("application/json", mustJSON(map[string]any{"links": []map[string]string{
		{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": s.cfg.Base + "/nodeinfo/2.1"},
		{"rel": "https://www.w3.org/ns/activitystreams#Application", "href": s.cfg.Instance.ID},
	}}))
}

// nodeinfo says which software runs here, and keeps its counts to itself.
func (s *Site) nodeinfo() http.Handler {
	return fixed(`application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"`, mustJSON(map[string]any{
		"version":           "2.1",
		"software":          map[string]any{"name": s.cfg.Software, "version": s.cfg.Version, "repository": "https://github.com/saphan-network/saphan"},
		"protocols":         []string{"activitypub"},
		"services":          map[string]any{"inbound": []string{}, "outbound": []string{}},
		"openRegistrations": false,
		"usage":             map[string]any{"users": map[string]any{}},
		"metadata":          map[string]any{},
	}))
}

func (s *Site) hostMeta() http.Handler {
	return fixed("application/xrd+xml", []byte(`<?xml version="1.0" encoding="UTF-8"?>
<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" template="`+s.cfg.Base+`/.well-known/webfinger?resource={uri}"/></XRD>
`))
}
