// pulumi-language-nodejs is the Node language host for engines that come without Pulumi's own: it starts programs, policy
// packs and providers written for Node. See docs/decisions/stand-ins.md.
//
// Usage: pulumi-language-nodejs [FLAGS] ENGINE_ADDRESS, which the engine does.
package main

import (
	"fmt"
	"net"
	"os"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// The engine sends whole configurations in one message.
const messageLimitBytes = 400 * 1024 * 1024

func main() {
	if err := serve(); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-language-nodejs: %v\n", err)
		os.Exit(1)
	}
}

// serve answers the engine on loopback, says the port as the first line on stdout, and returns when the engine has ended
// or wants this process to end.
func serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(messageLimitBytes), grpc.MaxSendMsgSize(messageLimitBytes))
	children := newChildren()
	// The flags before it are about logs and traces, of which this host makes none.
	engineAddress := os.Args[len(os.Args)-1]
	pulumirpc.RegisterLanguageRuntimeServer(server, newHost(engineAddress, children))
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	select {
	case err = <-failed:
	case <-toldToEnd():
	}
	children.end()
	return err
}
