// Command hub is the server of the network's secretariat: the register of
// members, and the lines to them. It holds no cases.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/saphan-network/saphan/hub/app"
	"github.com/saphan-network/saphan/node/chassis/cli"
	"github.com/saphan-network/saphan/node/chassis/config"
)

// version is set when a release is built.
var version = "development"

func main() {
	os.Exit(cli.Main(context.Background(), program()))
}

func program() cli.Program {
	return cli.Program{Spec: config.Hub(), Version: version, Sets: app.Sets(), Roles: app.Roles(), Admin: "admin", Actor: "/ap/network", LinkPath: "/welcome/",
		Start: func(ctx context.Context, v config.Values, log *slog.Logger) (cli.Server, error) {
			rows, err := cli.Rows(v.Text("policy.rows"))
			if err != nil {
				return nil, err
			}
			return app.New(ctx, app.Config{Rules: rows, BaseURL: v.Text("base_url"), DataDir: v.Text("data_dir"), Database: v.Text("database.url"),
				FileKey: v.Text("database.key_file"), NameTH: v.Text("org.name"), NameEN: v.Text("org.name_en"), Language: v.Text("language"),
				Idle: v.Duration("session.idle"), Absolute: v.Duration("session.absolute"), Proxies: v.List("trusted_proxies"),
				Private: v.On("federation.allow_private"), Version: version, Log: log})
		}}
}
