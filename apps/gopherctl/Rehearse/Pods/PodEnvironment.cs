using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Rehearse.Workloads;

namespace GopherMesh.Gopherctl.Rehearse.Pods;

/// <summary>The environment of a container: the declared variables, resolved as the kubelet does, with the rehearsal's substitutions.</summary>
internal static partial class PodEnvironment
{
    /// <summary>Resolves the variables of a pod's container.</summary>
    /// <param name="pod">The pod's name.</param>
    /// <param name="deployment">The pod's Deployment.</param>
    /// <param name="loopback">The loopback port of each container port.</param>
    /// <param name="proxy">The pod's sidecar.</param>
    public static Dictionary<string, string> Of(string pod, DeploymentSpec deployment, IReadOnlyDictionary<int, int> loopback, Uri proxy)
    {
        var variables = Substitutions.Variables(proxy);
        var declared = new Dictionary<string, string>();
        foreach (var variable in deployment.Template.Container.Environment)
        {
            var value = variable.FieldPath is { } path ? Substitutions.Field(path, pod, deployment) : Expand(variable.Value ?? "", declared);
            declared[variable.Name] = value;
            if (!Substitutions.LeavesOut(variable.Name))
            {
                variables[variable.Name] = variable.FieldPath is null ? Substitutions.Ports(value, loopback) : value;
            }
        }

        return variables;
    }

    // $(NAME) is an earlier variable, or itself where there is none; $$ is a dollar (k8s.io/kubernetes third_party/forked/golang/expansion).
    private static string Expand(string value, Dictionary<string, string> earlier) => Reference().Replace(value, match =>
        match.Value == "$$" ? "$" : earlier.GetValueOrDefault(match.Groups["name"].Value, match.Value));

    [GeneratedRegex(@"\$\$|\$\((?<name>[^()]*)\)")]
    private static partial Regex Reference();
}
