// Runs Temporal's development server as the CLI's `temporal server start-dev --headless` does.
//
// Version 1.9.1 of the CLI cannot be built from its Go module alone: it needs a second module that
// is only in its repository. The development server itself does not need that one. So this program
// is built inside a copy of the CLI's module, in the place of its own main program.
package main

import (
	"flag"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/google/uuid"
	"github.com/temporalio/cli/internal/devserver"
)

func main() {
	port := flag.Int("port", 7233, "port of 127.0.0.1")
	databaseFile := flag.String("db-filename", "", "SQLite file; without it, everything is in memory")
	flag.Parse()

	server, err := devserver.Start(devserver.StartOptions{
		FrontendIP:   "127.0.0.1",
		FrontendPort: *port,
		Namespaces:   []string{"default"},
		// The CLI starts the server with its log at `warn`.
		Logger:                 slog.New(slog.NewTextHandler(os.Stderr, nil)),
		LogLevel:               slog.LevelWarn,
		DatabaseFile:           *databaseFile,
		MetricsPort:            devserver.MustGetFreePort("127.0.0.1"),
		ClusterID:              uuid.NewString(),
		MasterClusterName:      "active",
		CurrentClusterName:     "active",
		InitialFailoverVersion: 1,
		// The values that the CLI gives to `start-dev`.
		DynamicConfigValues: map[string]any{
			"system.forceSearchAttributesCacheRefreshOnRead": true,
			"system.forceNexusEndpointRefreshOnRead":         true,
			"frontend.persistenceMaxQPS":                     10000,
			"history.persistenceMaxQPS":                      45000,
		},
	})
	if err != nil {
		log.Fatalf("the server did not start: %v", err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
	server.SuppressWarnings()
	server.Stop()
}
