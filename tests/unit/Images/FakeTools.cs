using System.Diagnostics;

namespace GopherMesh.Tests.Unit.Images;

/// <summary>Runs infra/Images/publish-image.sh with an <c>aws</c> and a <c>dotnet</c> of the test's own, in a folder outside the repository.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class FakeTools : IDisposable
{
    public const string Token = "the-registry-token";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("publish-image-test");

    public FakeTools()
    {
        // Knows an image once the file "pushed" is there, as ECR does.
        Write("aws", $$"""
            echo "aws $*" >>calls
            case "$*" in
              *describe-images*) [[ -f pushed ]] && { echo sha256:abc; exit 0; }; cat describe-error 2>/dev/null || echo "(ImageNotFoundException) no such image" >&2; exit 254 ;;
              *get-login-password*) echo {{Token}} ;;
              *) exit 99 ;;
            esac
            """);
        Write("dotnet", """
            echo "dotnet $*" >>calls
            echo "$DOTNET_CONTAINER_PUSH_REGISTRY_UNAME:$DOTNET_CONTAINER_PUSH_REGISTRY_PWORD" >credentials
            touch pushed
            """);
    }

    /// <summary>Each call of a tool with its arguments, in order.</summary>
    public string[] Calls => File.Exists(PathOf("calls")) ? File.ReadAllLines(PathOf("calls")) : [];

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>Replaces a tool by a bash script of the given body.</summary>
    public void Write(string tool, string body)
    {
        File.WriteAllText(PathOf(tool), $"#!/usr/bin/env bash\ncd \"$(dirname \"$0\")\"\n{body}\n");
        File.SetUnixFileMode(PathOf(tool), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>Runs the script with what <c>pulumi up</c> gives it.</summary>
    public (int ExitCode, string Output, string Error) Run(params (string Name, string Value)[] changes)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "publish-image.sh")])
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_folder.FullName}:{start.Environment["PATH"]}";
        (string Name, string Value)[] environment =
        [
            ("PROJECT", "apps/gopher-requester/GopherRequester.csproj"), ("REGISTRY", "1.dkr.ecr.ap-southeast-2.amazonaws.com"),
            ("REPOSITORY", "gopher-mesh-dev/gopher-requester"), ("TAG", "src-0123456789abcdef"), ("AWS_REGION", "ap-southeast-2"), .. changes,
        ];
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
