using System.Diagnostics;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>The kubectl command for one cluster.</summary>
/// <param name="kubeconfig">The kubeconfig file; null for the user's own.</param>
/// <param name="context">The context in it; null for its current one.</param>
/// <param name="credentials">The stack's own kubeconfig, in place of both; null for none.</param>
internal sealed partial class Kubectl(string? kubeconfig, string? context, StackKubeconfig? credentials = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Runs a command and returns what it prints.</summary>
    /// <param name="arguments">The command.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="input">What it reads; null: nothing.</param>
    /// <exception cref="UserException">kubectl is not there, fails, or does not end in ten seconds.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation, string? input = null)
    {
        using var process = await StartAsync(arguments, cancellation);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await WriteAsync(process, input);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0 ? await output : throw Failure(arguments, (await errors).Trim());
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failure(arguments, $"no end within {Patience.TotalSeconds:0} s");
        }
        finally
        {
            End(process);
        }
    }

    /// <summary>Forwards a free port of this machine to a port of a pod, through the API server and the kubelet.</summary>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="target">What is reached: <c>pod/NAME</c> or <c>service/NAME</c>.</param>
    /// <param name="port">Its port.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The process, which forwards until it is ended, and the local port; null when the target cannot be reached now.</returns>
    public async Task<(Process Process, int Port)?> ForwardAsync(string ns, string target, int port, CancellationToken cancellation)
    {
        var process = await StartAsync(["--namespace", ns, "port-forward", target, $":{port}", "--address", "127.0.0.1"], cancellation);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            if (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line && Forwarding().Match(line) is { Success: true } local)
            {
                return (process, int.Parse(local.Groups["port"].ValueSpan, provider: null));
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The pod does not answer.
        }

        End(process);
        process.Dispose();
        return null;
    }

    /// <summary>Ends a process that may have ended.</summary>
    public static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private static async Task WriteAsync(Process process, string? input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading; its status says why.
        }
    }

    private async Task<Process> StartAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("kubectl", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if ((credentials is null ? kubeconfig : await credentials.FileAsync(cancellation)) is { } file)
        {
            start.Environment["KUBECONFIG"] = file;
        }

        if (context is not null)
        {
            start.ArgumentList.Insert(0, $"--context={context}");
        }

        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("kubectl did not start");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new UserException("the kubectl command is not on PATH", "PATH", "Install it: the rollout reads the proxies' counters with it.");
        }
    }

    private static UserException Failure(IReadOnlyList<string> arguments, string why) => new(
        $"kubectl {string.Join(' ', arguments)}: {why}", "kubectl", "Run that command and mend what it says, then run the rollout again.", ExitCode.NegativeVerdict);

    [GeneratedRegex(@"^Forwarding from 127\.0\.0\.1:(?<port>[0-9]+) ->")]
    private static partial Regex Forwarding();
}
