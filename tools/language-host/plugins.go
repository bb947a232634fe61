package main

import (
	"errors"
	"os/exec"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

type pluginCall = grpc.ServerStreamingServer[pulumirpc.RunPluginResponse]

// RunPlugin runs a policy pack or a provider written for Node and passes its output on: the engine reads the plugin's
// port from the first line.
func (h *host) RunPlugin(request *pulumirpc.RunPluginRequest, call pluginCall) error {
	options := optionsOf(request.GetInfo())
	runner, args, folder, err := pluginCommand(request)
	if err != nil {
		return err
	}
	output := &streamOf[pulumirpc.RunPluginResponse]{call: call}
	prepare := func(cmd *exec.Cmd) {
		cmd.Dir = folder
		cmd.Env = append(options.environment(), request.GetEnv()...)
		cmd.Stdout = output.of(func(text []byte) *pulumirpc.RunPluginResponse {
			return &pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: text}}
		})
		cmd.Stderr = output.of(func(text []byte) *pulumirpc.RunPluginResponse {
			return &pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: text}}
		})
	}
	code := 0
	nodeArgs := append(append(options.nodeArgs, runner), args...)
	if err := h.children.run(call.Context(), prepare, nodeCommand(), nodeArgs...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			return err
		}
		// A signal has no code.
		code = max(exit.ExitCode(), 1)
	}
	return call.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(code)}})
}

// pluginCommand gives what Node runs, with which arguments, and where. A policy pack's runner wants the engine's address
// first, then the pack, and runs in the pack's folder, where `@pulumi/policy` looks for its version. A provider's runner
// wants the provider first and runs in the project.
func pluginCommand(request *pulumirpc.RunPluginRequest) (runner string, args []string, folder string, err error) {
	plugin := firstOf(request.GetInfo().GetProgramDirectory(), request.GetPwd())
	if request.GetKind() == "analyzer" {
		runner, err = findSdkModule("run-policy-pack", plugin)
		return runner, append(append(args, request.GetArgs()...), plugin), plugin, err
	}
	runner, err = findSdkModule("run-plugin", plugin)
	return runner, append([]string{plugin}, request.GetArgs()...), request.GetPwd(), err
}

// streamOf sends both outputs of a process over one stream, which takes one message at a time.
type streamOf[Response any] struct {
	call grpc.ServerStreamingServer[Response]
	lock sync.Mutex
}

// of gives a writer whose text `wrap` puts into a message.
func (s *streamOf[Response]) of(wrap func([]byte) *Response) writerFunc {
	return func(text []byte) (int, error) {
		s.lock.Lock()
		defer s.lock.Unlock()
		if err := s.call.Send(wrap(text)); err != nil {
			return 0, err
		}
		return len(text), nil
	}
}

type writerFunc func([]byte) (int, error)

func (write writerFunc) Write(text []byte) (int, error) { return write(text) }
