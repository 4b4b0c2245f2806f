using System.Text.Json.Nodes;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Eks;

/// <summary>Whose credentials a kubeconfig's tokens are got with.</summary>
public static class KubeconfigCredentials
{
    /// <summary>
    /// The kubeconfig whose <c>aws eks get-token</c> takes the credentials of a profile, and of no other, whatever the environment has, and takes
    /// on the role that made the cluster. The
    /// component's own way (<c>GetKubeconfig</c>, AWS_PROFILE) gives way to access keys in the environment (AWS CLI user guide,
    /// "cli-configure-envvars"), which the provider that made the cluster did not look at.
    /// </summary>
    /// <param name="kubeconfig">A kubeconfig as JSON, whose users call the aws command.</param>
    /// <param name="credentials">The profile and the role; without either the kubeconfig stays as it is.</param>
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
