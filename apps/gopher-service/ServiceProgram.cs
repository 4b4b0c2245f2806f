using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace GopherMesh.Service;

/// <summary>A service's process: from its environment to its exit code.</summary>
public static class ServiceProgram
{
    /// <summary>
    /// Runs a service until SIGTERM or SIGINT. Exit codes: 0 after a drained stop; 1 when it cannot listen; 2 when an argument or a
    /// variable of the environment is wrong. Errors go to standard error, one line each, without a stack trace.
    /// </summary>
    public static async Task<int> RunAsync(string name, string[] args, Func<ServiceEnvironment, WebApplication> build)
    {
        if (args.Length > 0)
        {
            return Fail(name, 2, [$"the argument '{args[0]}' is not known: a service is configured by its environment alone."]);
        }

        try
        {
            await using var app = build(ServiceEnvironment.OfProcess());
            await app.StartAsync();
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (EnvironmentException exception)
        {
            return Fail(name, 2, exception.Errors);
        }
        catch (Exception exception) when (IsListening(exception))
        {
            return Fail(name, 1, [$"cannot listen on ASPNETCORE_URLS or METRICS_PORT: {exception.Message.ReplaceLineEndings(" ")}"]);
        }
    }

    /// <summary>What Kestrel throws for an address in use or forbidden, a malformed URL, and a scheme that it does not serve.</summary>
    private static bool IsListening(Exception exception) =>
        exception is IOException or System.Net.Sockets.SocketException or FormatException or InvalidOperationException;

    private static int Fail(string name, int exitCode, IReadOnlyList<string> errors)
    {
        foreach (var error in errors)
        {
            Console.Error.WriteLine($"{name}: {error}");
        }

        return exitCode;
    }
}
