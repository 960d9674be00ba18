package policies

import "github.com/saphan-network/saphan/federation"

// applicationFields are what an organisation that nobody has invited says of itself
// to the hub where it applies. All of it is class E; its own words pass the anonymiser.
func applicationFields() []Field {
	own := func(path, transform string, lists ...string) Field {
		return Field{Path: path, Class: ClassE, Retention: "network", Release: "network", Ladder: []string{transform}, Lists: lists}
	}
	return []Field{
		own("application/about", "unnamed/1"),
		own("application/services", "code/1", "service_type"),
		own("application/regions", "code/1", "region", "province"),
		own("application/languages", "code/1", "language"),
		own("application/contact", "mailbox/1"),
	}
}

func applicationPlaces() map[string]place {
	about := released("application/about")
	return map[string]place{
		"type": {is: "application type"}, "attributedTo": {is: "self"}, "content": about, "contentMap/th": about, "contentMap/en": about,
		"services": released("application/services"), "regions": released("application/regions"), "languages": released("application/languages"),
		"contact": released("application/contact"),
	}
}

// ApplicationFacts lists what an application tells, for a Request of purpose Membership.
func ApplicationFacts(a federation.Application) Facts {
	f := Facts{"application/about": {a.About.TH}, "application/contact": {a.Contact}}
	if a.About.EN != "" {
		f["application/about"] = append(f["application/about"], a.About.EN)
	}
	for path, codes := range map[string][]string{"application/services": a.Services, "application/regions": a.Regions, "application/languages": a.Languages} {
		if len(codes) > 0 {
			f[path] = codes
		}
	}
	return f
}
