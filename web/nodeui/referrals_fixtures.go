package nodeui

import "github.com/saphan-network/saphan/web"

func referralFixtures() []web.Fixture { return nil }
