using System.Text.Json.Nodes;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Eks;

/// <summary>The credentials with which a kubeconfig gets its tokens.</summary>
public static class KubeconfigCredentials
{
    /// <summary>
    /// The kubeconfig whose <c>aws eks get-token</c> uses only the credentials of the profile and assumes the role that created the cluster.
    /// The component's own way (<c>GetKubeconfig</c>, AWS_PROFILE) is not used: access keys in the environment take precedence over it (AWS
    /// CLI user guide, "cli-configure-envvars"), but the provider that created the cluster ignored them.
    /// </summary>
    /// <param name="kubeconfig">A kubeconfig as JSON, whose users call the aws command.</param>
    /// <param name="credentials">The profile and the role; without either the kubeconfig stays unchanged.</param>
    public static string Set(string kubeconfig, AwsCredentials credentials)
    {
        if (credentials is { Profile: null, Role: null } || JsonNode.Parse(kubeconfig) is not { } parsed)
        {
            return kubeconfig;
        }

        foreach (var user in parsed["users"]?.AsArray() ?? [])
        {
            if (user?["user"]?["exec"]?["args"] is JsonArray arguments)
            {
                Add(arguments, "--profile", credentials.Profile);
                Add(arguments, "--role-arn", credentials.Role?.Arn);
            }
        }

        return parsed.ToJsonString();
    }

    private static void Add(JsonArray arguments, string option, string? value)
    {
        if (value is not null)
        {
            arguments.Add(option);
            arguments.Add(value);
        }
    }
}
