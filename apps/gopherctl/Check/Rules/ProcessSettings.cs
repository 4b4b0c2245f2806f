using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What a container's process reads from its variables fits the pod that it is in. A rule is about names that a runtime or a convention gives a meaning.</summary>
internal static class ProcessSettings
{
    // .NET, "Configure endpoints for ASP.NET Core": where the process listens, whatever the ports are called.
    private static readonly string[] Listening = ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "DOTNET_URLS"];

    private static readonly string[] OwnPorts = ["PORT", "HTTP_PORT", "GRPC_PORT", "METRICS_PORT", "HEALTH_PORT", "LISTEN_PORT"];

    // .NET reads its settings as hexadecimal numbers, with and without 0x (.NET, "Runtime configuration options for garbage collection").
    private static readonly string[] Hexadecimal = ["DOTNET_GCHeapHardLimit", "COMPlus_GCHeapHardLimit"];

    private static readonly string[] Shares = ["DOTNET_GCHeapHardLimitPercent", "COMPlus_GCHeapHardLimitPercent", "DOTNET_GCHighMemPercent"];

    private static readonly string[] Diagnostics = ["DOTNET_EnableDiagnostics", "COMPlus_EnableDiagnostics", "DOTNET_EnableDiagnostics_IPC"];

    // Kubernetes, "Downward API".
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["POD_NAME"] = "metadata.name",
        ["POD_NAMESPACE"] = "metadata.namespace",
        ["POD_UID"] = "metadata.uid",
        ["NODE_NAME"] = "spec.nodeName",
        ["POD_IP"] = "status.podIP",
        ["HOST_IP"] = "status.hostIP",
    };

    private static readonly string[] KnownFields =
    [
        .. Fields.Values, "spec.serviceAccountName", "status.podIPs", "status.hostIPs",
    ];

    public static PolicyRule Rule { get; } = new(
        "process-settings", Severity.Error, "What a process reads from its variables fits its ports, its memory and its file system.",
        stack => Pods.In(stack).SelectMany(pods => pods.Containers.SelectMany(container => OfListening(container).Concat(OfMemory(container)).Concat(OfDiagnostics(container)).Concat(OfFields(container)).Concat(OfTimes(container))).Concat(OfScraped(pods))).Concat(Charts.OfRetention(stack)));

    private static IEnumerable<(string Name, string Value)> Variables(Container container) =>
        container.Body.Items("env").Select(variable => (Name: variable.Text("name") ?? "", Value: variable.Text("value"))).Where(variable => variable.Value is not null).Select(variable => (variable.Name, variable.Value!));

    private static IEnumerable<Violation> OfListening(Container container)
    {
        var ports = container.Body.Items("ports").Select(port => port.At("containerPort")?.ToJsonString()).ToList();
        var addresses = Variables(container).Where(variable => Listening.Contains(variable.Name)).SelectMany(variable => variable.Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(address => (variable.Name, Address: address.TrimEnd('/')))).ToList();
        foreach (var (name, address) in addresses.Where(address => address.Address.Contains("//localhost", StringComparison.OrdinalIgnoreCase) || address.Address.Contains("//127.", StringComparison.Ordinal) || address.Address.Contains("//[::1]", StringComparison.Ordinal)))
        {
            yield return container.Violation($"{name} is {address}: it listens where nobody outside of its pod reaches it, the kubelet's probes included", "Listen on every address, as in http://+:8080.");
        }

        var numbers = addresses.Select(address => (address.Name, Number: address.Address.Split(':')[^1])).Concat(Variables(container).Where(variable => OwnPorts.Contains(variable.Name)).Select(variable => (variable.Name, Number: variable.Value)));
        foreach (var (name, number) in numbers.Where(found => ports.Count > 0 && found.Number.Length > 0 && (found.Number.All(char.IsAsciiDigit) || OwnPorts.Contains(found.Name)) && !ports.Contains(found.Number)))
        {
            yield return container.Violation($"its variables let it listen on {number} ({name}), which is not one of its ports", "Give containerPort that number.");
        }

        foreach (var (name, address) in addresses.Where(address => address.Address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && container.Body.Items("ports").Any(port => port.At("containerPort")?.ToJsonString() == address.Address.Split(':')[^1] && port.Text("name") is "http" or "http2")))
        {
            yield return container.Violation($"{name} is {address}, and its callers and probes speak plain HTTP to this port", "Use http: the proxies encrypt.");
        }
    }

    private static IEnumerable<Violation> OfMemory(Container container)
    {
        var limit = PodConsistency.Amount(container.Body.At("resources.limits.memory"));
        foreach (var (name, value) in Variables(container))
        {
            var heap = Hexadecimal.Contains(name) ? Hex(value) : name switch
            {
                "GOMEMLIMIT" => PodConsistency.Amount(JsonValue.Create(value.EndsWith('B') ? value[..^1] : value)),
                "NODE_OPTIONS" => Argument(value, "--max-old-space-size=") is { } mebibytes && decimal.TryParse(mebibytes, CultureInfo.InvariantCulture, out var number) ? number * 1024 * 1024 : null,
                "JAVA_TOOL_OPTIONS" or "JAVA_OPTS" or "_JAVA_OPTIONS" => Argument(value, "-Xmx") is { Length: > 1 } size ? PodConsistency.Amount(JsonValue.Create($"{size[..^1]}{char.ToUpperInvariant(size[^1])}i")) : null,
                _ => null,
            };
            if (heap >= limit)
            {
                yield return container.Violation($"{name} lets its heap grow to {heap / (1024 * 1024):0} MiB, and it is killed at {limit / (1024 * 1024):0} MiB", "Set it to three quarters of limits.memory, or leave it out: .NET takes that by itself.");
            }

            if (Shares.Contains(name) && Hex(value) is { } share && (share <= 0 || share > 100))
            {
                yield return container.Violation($"{name} is {value}, which is {share} percent: it is a hexadecimal number", "Write a percentage in hexadecimal digits, as 4B for 75.");
            }
        }
    }

    private static decimal? Hex(string value) =>
        long.TryParse(value.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? value[2..] : value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Argument(string text, string name) =>
        text.Split(' ').FirstOrDefault(word => word.StartsWith(name, StringComparison.Ordinal))?[name.Length..];

    // .NET ends at its start where its diagnostics cannot make their socket in /tmp (.NET, "Diagnostic ports").
    private static IEnumerable<Violation> OfDiagnostics(Container container)
    {
        var isNet = Variables(container).Any(variable => variable.Name.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || variable.Name.StartsWith("DOTNET_", StringComparison.Ordinal));
        var isOff = Variables(container).Any(variable => Diagnostics.Contains(variable.Name) && variable.Value == "0");
        if (isNet && !isOff && container.Body.Flag("securityContext.readOnlyRootFilesystem") == true && !container.Body.Items("volumeMounts").Any(mount => mount.Text("mountPath")?.TrimEnd('/') == "/tmp"))
        {
            yield return container.Violation("its root file system is read-only, and .NET's diagnostics write to /tmp", "Set DOTNET_EnableDiagnostics to 0, or mount an emptyDir at /tmp.");
        }
    }

    private static IEnumerable<Violation> OfFields(Container container)
    {
        foreach (var (name, path) in container.Body.Items("env").Select(variable => (variable.Text("name") ?? "", variable.Text("valueFrom.fieldRef.fieldPath"))).Where(variable => variable.Item2 is not null))
        {
            if (!KnownFields.Contains(path) && !path!.StartsWith("metadata.labels['", StringComparison.Ordinal) && !path.StartsWith("metadata.annotations['", StringComparison.Ordinal))
            {
                yield return container.Violation($"{name} is read from the field {path}, which pods do not give out: the API server refuses it", $"Use one of {string.Join(", ", KnownFields)}.");
            }
            else if (Fields.TryGetValue(name, out var meant) && path!.TrimEnd('s') != meant)
            {
                yield return container.Violation($"{name} is read from {path}", $"Read it from {meant}.");
            }
        }
    }

    private static IEnumerable<Violation> OfTimes(Container container) =>
        from variable in Variables(container)
        where variable.Name.EndsWith("_MS", StringComparison.Ordinal) || variable.Name.EndsWith("_SECONDS", StringComparison.Ordinal)
        where !decimal.TryParse(variable.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || (number == 0 && variable.Name.Contains("TIMEOUT", StringComparison.Ordinal))
        select container.Violation($"{variable.Name} is \"{variable.Value}\", which is no time in the unit that its name says", "Write a number alone.");

    // Istio's agent asks this port for the application's metrics (istio.io, "Integrations", Prometheus).
    private static IEnumerable<Violation> OfScraped(Pods pods)
    {
        var annotations = pods.Template.At("metadata.annotations");
        var ports = pods.Containers.SelectMany(container => container.Body.Items("ports")).Select(port => port.At("containerPort")?.ToJsonString()).ToList();
        if (annotations.Member("prometheus.io/port").AsText() is { } port && ports.Count > 0 && !ports.Contains(port))
        {
            yield return new(pods.Workload, $"prometheus.io/port is {port}, which none of its containers has: no metrics are scraped", "Name one of their ports.");
        }

        if (annotations.Member("prometheus.io/port") is not null && annotations.Member("prometheus.io/scrape").AsText() != "true")
        {
            yield return new(pods.Workload, $"prometheus.io/port is set, and prometheus.io/scrape is {annotations.Member("prometheus.io/scrape")?.ToJsonString() ?? "not there"}: no metrics are scraped", "Set it to \"true\".");
        }
    }
}
