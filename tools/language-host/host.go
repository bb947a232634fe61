package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// host answers the calls of Pulumi's language protocol that a project needs to run, and no more: code generation and
// conversion (`pulumi convert`, `pulumi package add`) belong to the official host, and gRPC answers "unimplemented" for them.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engineAddress atomic.Value
	children      *children
}

func newHost(engineAddress string, children *children) *host {
	h := &host{children: children}
	h.engineAddress.Store(engineAddress)
	return h
}

// Handshake may say the engine's address again.
func (h *host) Handshake(
	_ context.Context, request *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	if address := request.GetEngineAddress(); address != "" {
		h.engineAddress.Store(address)
	}
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// GetPluginInfo is what the engine asks to see whether this process is alive.
func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "0.1.0"}, nil
}

// About says which Node runs programs.
func (h *host) About(ctx context.Context, _ *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath(nodeCommand())
	if err != nil {
		return nil, fmt.Errorf("Node is missing: %w", err)
	}
	var version strings.Builder
	if err := h.children.run(ctx, func(cmd *exec.Cmd) { cmd.Stdout = &version }, node, "--version"); err != nil {
		return nil, fmt.Errorf("%s --version failed: %w", node, err)
	}
	return &pulumirpc.AboutResponse{Executable: node, Version: strings.TrimSpace(version.String())}, nil
}

// RuntimeOptionsPrompts has nothing to ask about a new project.
func (h *host) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

// Cancel ends what runs: the user has interrupted the engine.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.children.cancel()
	return &emptypb.Empty{}, nil
}
