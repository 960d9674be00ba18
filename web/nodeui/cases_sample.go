package nodeui

import "github.com/saphan-network/saphan/web"

func caseFixtures() []web.Fixture { return nil }
