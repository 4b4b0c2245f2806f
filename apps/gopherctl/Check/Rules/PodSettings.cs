using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What a pod declares about itself: its account, its variables, its ports.</summary>
internal static partial class PodSettings
{
    private const int PrivilegedPorts = 1024;
    private const int LongestPortName = 15;

    public static PolicyRule ServiceAccount { get; } = new(
        "service-account", Severity.Error, "Pods have a declared service account of their own, without a token for the API.",
        stack => Pods.In(stack).SelectMany(pods => OfAccount(stack, pods)).Concat(stack.OfKind("ServiceAccount").Where(account => account.Body.Flag("automountServiceAccountToken") == true)
            .Select(account => new Violation(account.Manifest.DisplayName, "pods that do not say otherwise get a token for the Kubernetes API", "Set automountServiceAccountToken to false."))))
    {
        Others = "kube-linter default-service-account, non-existent-service-account, deprecated-service-account-field; checkov CKV_K8S_38, CKV_K8S_41",
    };

    public static PolicyRule Environment { get; } = new(
        "environment", Severity.Error, "A variable is set once, from what is declared, and from no Secret.",
        stack => Pods.In(stack).SelectMany(pods => pods.Containers).SelectMany(container => OfEnvironment(stack, container)))
    {
        Others = "kube-score environment-variable-key-duplication; kube-linter duplicate-env-var, read-secret-from-env-var, env-value-from; checkov CKV_K8S_35",
    };

    public static PolicyRule ContainerPorts { get; } = new(
        "container-ports", Severity.Error, "A container's ports are its own, above 1023, and named so that others can name them.",
        stack => Pods.In(stack).SelectMany(pods => pods.Containers).SelectMany(OfPorts))
    {
        Others = "kube-score container-ports-check; kube-linter privileged-ports, ssh-port, invalid-target-ports; checkov CKV_K8S_26",
    };

    public static PolicyRule Template { get; } = new(
        "pod-template", Severity.Error, "A workload selects the pods that it makes, and they are restarted.",
        stack => Pods.In(stack).SelectMany(pods => OfTemplate(stack, pods)))
    {
        Others = "kube-score deployment-pod-selector-labels-match-template-metadata-labels, statefulset-pod-selector-labels-match-template-metadata-labels; kube-linter mismatching-selector, restart-policy",
    };

    /// <summary>Whether a port has a name that a Service can name (RFC 6335, 5.1).</summary>
    public static bool IsPortName(string name) => name.Length <= LongestPortName && PortName().IsMatch(name) && !name.Contains("--", StringComparison.Ordinal);

    private static IEnumerable<Violation> OfAccount(RenderedStack stack, Pods pods)
    {
        var name = pods.Spec.Text("serviceAccountName");
        var account = stack.OfKind("ServiceAccount").FirstOrDefault(declared => declared.Manifest.Name == name && declared.Space == pods.Manifest.Space);
        if (name is null or "default")
        {
            yield return new(pods.Workload, "its pods have the namespace's default service account", "Declare one for them, and name it in serviceAccountName.");
        }
        else if (account is null)
        {
            yield return new(pods.Workload, $"its service account {name} is not declared in its namespace", "Declare it, or name another one.");
        }

        // A version of a service is the same caller as the others; another service is not.
        var app = pods.Template.Text("metadata.labels.app");
        if (account is not null && app is not null && account.Manifest.Name != app && Pods.In(stack).FirstOrDefault(other => other.Manifest.Space == pods.Manifest.Space
            && other.Spec.Text("serviceAccountName") == name && other.Template.Text("metadata.labels.app") is { } another && another != app) is { } sharing)
        {
            yield return new(pods.Workload, $"its service account {name} is also that of {sharing.Workload}: no policy can tell them apart", "Give each service its own.");
        }

        if (pods.Spec.Text("serviceAccount") is { } old && old != name)
        {
            yield return new(pods.Workload, $"serviceAccount, which is deprecated, is {old}", "Use serviceAccountName alone.");
        }

        if ((pods.Spec.Flag("automountServiceAccountToken") ?? account?.Body.Flag("automountServiceAccountToken")) != false)
        {
            yield return new(pods.Workload, "its pods get a token for the Kubernetes API", "Set automountServiceAccountToken to false where nothing asks the API.");
        }
    }

    private static IEnumerable<Violation> OfEnvironment(RenderedStack stack, Container container)
    {
        var variables = container.Body.Items("env").ToList();
        foreach (var twice in variables.CountBy(variable => variable.Text("name") ?? "").Where(count => count.Value > 1))
        {
            yield return container.Violation($"env sets {twice.Key} {twice.Value} times", "Set it once.");
        }

        var sources = variables.Select(variable => (Name: variable.Text("name") ?? "", From: variable.At("valueFrom")))
            .Concat(container.Body.Items("envFrom").Select(from => (Name: "envFrom", From: (JsonNode?)from)));
        foreach (var (name, from) in sources)
        {
            if ((from.At("secretKeyRef") ?? from.At("secretRef")) is { } secret)
            {
                yield return container.Violation(
                    $"{name} is read from the Secret {secret.Text("name")}: every child process and crash report has it", "Mount it as a file.");
            }

            if ((from.At("configMapKeyRef") ?? from.At("configMapRef")) is { } map && map.Flag("optional") != true
                && !stack.OfKind("ConfigMap").Any(declared => declared.Manifest.Name == map.Text("name") && declared.Space == container.Pods.Manifest.Space))
            {
                yield return container.Violation($"{name} is read from the ConfigMap {map.Text("name")}, which is not declared in its namespace", "Declare it.");
            }
        }
    }

    private static IEnumerable<Violation> OfPorts(Container container)
    {
        var ports = container.Body.Items("ports").ToList();
        foreach (var port in ports)
        {
            var number = port.Number("containerPort");
            if (port.At("hostPort") is { } hostPort)
            {
                yield return container.Violation($"it takes the port {hostPort.ToJsonString()} of its node", "Leave hostPort out: a Service finds it without.");
            }

            if (number < PrivilegedPorts)
            {
                yield return container.Violation($"it listens on {number}, which is for root", $"Listen on {PrivilegedPorts} or above; a Service may still answer on {number}.");
            }

            if (number is >= 15000 and <= 15100)
            {
                yield return container.Violation($"it listens on {number}, which is of the ports that its proxy has (istio.io, \"Application Requirements\")", "Use another port.");
            }

            if (port.Text("name") is { } name && !IsPortName(name))
            {
                yield return container.Violation($"{name} is not the name of a port", "Use up to 15 lower-case letters, digits and single hyphens.");
            }
        }

        foreach (var twice in ports.Select(port => port.Text("name") ?? "").Where(name => name.Length > 0)
            .Concat(ports.Select(port => $"{port.Number("containerPort")}/{port.Text("protocol") ?? "TCP"}")).CountBy(key => key).Where(count => count.Value > 1))
        {
            yield return container.Violation($"the port {twice.Key} is there twice", "Declare it once.");
        }
    }

    private static IEnumerable<Violation> OfTemplate(RenderedStack stack, Pods pods)
    {
        var kind = pods.Manifest.Manifest.Kind;
        if (pods.Manifest.Body.At("spec.selector.matchLabels") is JsonObject selector && !pods.Have(selector))
        {
            yield return new(pods.Workload, $"spec.selector does not select its own pods: {selector.ToJsonString()}", "Give selector and template the same labels.");
        }

        if (kind is "Deployment" or "StatefulSet" or "DaemonSet" && LabelSelector.TakesAll(pods.Manifest.Body.At("spec.selector")))
        {
            yield return new(pods.Workload, "spec.selector names no labels: the API server refuses it", "Give it the labels of its pods.");
        }

        // Two controllers of the same pods undo each other's work (Kubernetes, "Deployments", selector).
        if (pods.Manifest.Body.At("spec.selector.matchLabels") is JsonObject { Count: > 0 } own && Pods.In(stack).FirstOrDefault(other => other.Manifest != pods.Manifest
            && other.Manifest.Manifest.Kind == kind && other.Manifest.Space == pods.Manifest.Space && other.Have(own)) is { } taken)
        {
            yield return new(pods.Workload, $"spec.selector takes the pods of {taken.Workload} too: {own.ToJsonString()}", "Give each workload a label of its own.");
        }

        if (pods.Spec.At("activeDeadlineSeconds") is { } end && kind != "Pod")
        {
            yield return new(pods.Workload, $"activeDeadlineSeconds is {end.ToJsonString()}, after which its pods are ended", "Leave it out.");
        }

        if (kind is "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" && pods.Spec.Text("restartPolicy") is not (null or "Always") and var policy)
        {
            yield return new(pods.Workload, $"restartPolicy is {policy}, which a {kind} cannot have", "Leave it out.");
        }
    }

    [GeneratedRegex(@"\A(?=.*[a-z])[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex PortName();
}
