using System.Diagnostics;
using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>kubectl, on the cluster under test.</summary>
internal static class Kubectl
{
    /// <summary>What applies an object as Pulumi does: on the server, refusing unknown and doubled fields.</summary>
    public static readonly string[] StrictApply =
        ["apply", "--server-side", "--validate=strict", "--force-conflicts", "--field-manager=gopher-mesh-tests"];

    public static Task<string> RunAsync(params IEnumerable<string> arguments) => Command.RunAsync("kubectl", OnCluster(arguments));

    public static Task<CommandResult> TryAsync(params IEnumerable<string> arguments) =>
        Command.TryWithAsync("", "kubectl", OnCluster(arguments));

    /// <summary>A command about objects, each in YAML or JSON, that must succeed.</summary>
    public static Task<string> RunOnAsync(IEnumerable<string> objects, params IEnumerable<string> arguments) =>
        Command.RunWithAsync(Together(objects), "kubectl", OnInput(arguments));

    /// <summary>A command about objects, each in YAML or JSON, that may fail.</summary>
    public static Task<CommandResult> TryOnAsync(IEnumerable<string> objects, params IEnumerable<string> arguments) =>
        Command.TryWithAsync(Together(objects), "kubectl", OnInput(arguments));

    /// <summary>An object, or a list of them, as JSON.</summary>
    public static async Task<JsonNode> GetAsync(params IEnumerable<string> arguments) =>
        JsonNode.Parse(await RunAsync(["get", "-o", "json", .. arguments]))!;

    /// <summary>The items of a list.</summary>
    public static async Task<IReadOnlyList<JsonNode>> ListAsync(params IEnumerable<string> arguments) =>
        [.. (await GetAsync(arguments))["items"]!.AsArray().Select(item => item!)];

    /// <summary>An answer of the API server, e.g. through its proxy to a pod.</summary>
    public static Task<string> RawAsync(string path) => RunAsync("get", "--raw", path);

    /// <summary>Applies objects, each in YAML or JSON, in their order.</summary>
    public static Task<string> ApplyAsync(params IEnumerable<string> objects) => RunOnAsync(objects, StrictApply);

    /// <summary>Applies objects of the tests' own.</summary>
    public static Task<string> ApplyAsync(IEnumerable<JsonObject> objects) => ApplyAsync(objects.Select(item => item.ToJsonString()));

    /// <summary>Waits until every pod of a Deployment is the declared one, ready, and no other is left.</summary>
    public static Task<string> RolledOutAsync(string @namespace, string deployment) =>
        RunAsync("--namespace", @namespace, "rollout", "status", $"deployment/{deployment}", "--timeout=180s");

    private static IEnumerable<string> OnCluster(IEnumerable<string> arguments) => ["--context", ClusterSettings.Context, .. arguments];

    private static IEnumerable<string> OnInput(IEnumerable<string> arguments) => [.. OnCluster(arguments), "--filename=-"];

    private static string Together(IEnumerable<string> objects)
    {
        var all = objects.ToList();
        // The first line says that several are YAML, of which JSON is a part; after a brace kubectl would take all of it for JSON, and
        // stumble. A single one goes as it is: what is sent raw, the API server reads.
        return all is [var only] ? only : "---\n" + string.Join("\n---\n", all);
    }
}

/// <summary>helm, on the cluster under test.</summary>
internal static class Helm
{
    /// <summary>Installs a release with its declared values; the cluster's own come last and therefore win.</summary>
    public static Task InstallAsync(DeclaredRelease release) => Command.RunWithAsync(release.Values, "helm",
    [
        "--kube-context", ClusterSettings.Context,
        "upgrade", "--install", release.Name, .. Chart(release),
        "--namespace", release.Namespace,
        "--values", "-", .. OwnValues(release),
        "--wait", "--timeout", "4m",
    ]);

    private static string[] Chart(DeclaredRelease release) => ClusterSettings.IstioFolder is { } folder
        ? [Path.Combine(folder, "charts", release.Chart)]
        : [release.Chart, "--repo", release.Repository, "--version", release.Version];

    private static IEnumerable<string> OwnValues(DeclaredRelease release)
    {
        string?[] folders = [Path.Combine(Repository.Root, "tests", "cluster", "values"), ClusterSettings.IstioFolder];
        return from folder in folders
               let file = folder is null ? null : Path.Combine(folder, $"{release.Chart}-values.yaml")
               where File.Exists(file)
               from argument in new[] { "--values", file }
               select argument;
    }
}

/// <summary>istioctl, on the cluster under test.</summary>
internal static class Istioctl
{
    /// <summary>What Istio's own analysis of the live system finds: one object for each message.</summary>
    /// <param name="planted">Objects that are taken for applied.</param>
    public static async Task<IReadOnlyList<JsonNode>> AnalyzeAsync(params IReadOnlyList<JsonObject> planted)
    {
        string[] files = planted.Count > 0 ? ["-"] : [];
        var result = await Command.TryWithAsync(
            string.Join("\n---\n", planted.Select(item => item.ToJsonString())),
            "istioctl",
            ["--context", ClusterSettings.Context, "analyze", "--all-namespaces", "--output", "json", .. files]);
        // 79: something was found at or above the failure threshold, which the tests judge themselves.
        if (result.ExitCode is not 0 and not 79)
        {
            throw new InvalidOperationException($"istioctl analyze ended with {result.ExitCode}: {result.Errors}");
        }
        // Its own log lines come first.
        var output = "\n" + result.Output;
        var messages = JsonNode.Parse(output[output.IndexOf("\n[", StringComparison.Ordinal)..])!.AsArray();
        return [.. messages.Select(message => message!)];
    }
}

/// <summary>What a program printed, and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors);

/// <summary>Runs the programs that a user would run: kubectl, helm, istioctl, gopherctl.</summary>
internal static class Command
{
    /// <summary>Longer than anything here takes, so that a program that hangs fails its test and not the whole run.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>The standard output of a program that must succeed.</summary>
    /// <exception cref="CommandFailedException">It ended with another status than 0.</exception>
    public static Task<string> RunAsync(string program, params IEnumerable<string> arguments) => RunWithAsync("", program, arguments);

    /// <summary>The standard output of a program that reads <paramref name="input"/> and must succeed.</summary>
    /// <exception cref="CommandFailedException">It ended with another status than 0.</exception>
    public static async Task<string> RunWithAsync(string input, string program, params IEnumerable<string> arguments)
    {
        string[] given = [.. arguments];
        var result = await TryWithAsync(input, program, given);
        return result.ExitCode == 0 ? result.Output : throw new CommandFailedException(program, given, result);
    }

    /// <summary>What a program does that may fail, and reads <paramref name="input"/>.</summary>
    public static async Task<CommandResult> TryWithAsync(string input, string program, params IEnumerable<string> arguments)
    {
        using var deadline = new CancellationTokenSource(Limit);
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await GiveAsync(process.StandardInput, input, deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Limit.TotalSeconds} s");
        }

        return new CommandResult(process.ExitCode, await output, await errors);
    }

    private static async Task GiveAsync(StreamWriter standardInput, string input, CancellationToken deadline)
    {
        try
        {
            await standardInput.WriteAsync(input.AsMemory(), deadline);
            standardInput.Close();
        }
        catch (IOException)
        {
            // The program has ended without reading all of it; its status and its words say why.
        }
    }
}

/// <summary>A program failed that a test relies on; the message has all that it said.</summary>
internal sealed class CommandFailedException(string program, IEnumerable<string> arguments, CommandResult result)
    : Exception($"{program} {string.Join(' ', arguments)} ended with {result.ExitCode}:\n{result.Errors}{result.Output}");
