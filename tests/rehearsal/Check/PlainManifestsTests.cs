using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Check.Rules;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Tests.Rehearsal.Check;

/// <summary>Manifests as others have them, without a program of ours.</summary>
public sealed class PlainManifestsTests
{
    private const string Reviews = """
        apiVersion: v1
        kind: Service
        metadata: { name: reviews, namespace: default }
        spec: { selector: { app: reviews }, ports: [{ name: http, port: 80 }] }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: reviews-v1 }
        spec:
          selector: { matchLabels: { app: reviews } }
          template:
            metadata: { labels: { app: reviews, version: v1 } }
            spec: { containers: [{ name: c, image: "example.com/reviews:1.0", securityContext: { runAsUser: 1000 } }] }
        """;

    [Fact]
    public void What_names_no_namespace_is_in_default() => Assert.Empty(MeshFindings(
        Reviews + Rule("reviews", null, "reviews.default.svc.cluster.local") + Routes("reviews", null, "reviews.default.svc.cluster.local")));

    [Fact]
    public void A_subset_that_a_wildcard_declares_is_known() => Assert.Empty(MeshFindings(
        Rule("all", "shop", "*.shop.svc.cluster.local") + Routes("cart", "shop", "cart.shop.svc.cluster.local")));

    [Fact]
    public void A_short_host_is_of_the_namespace_of_its_object() => Assert.Equal(
        ["unqualified-host", "unqualified-host", "unqualified-host"], MeshFindings(Reviews + Rule("reviews", null, "reviews") + Routes("reviews", null, "reviews")));

    [Fact]
    public void A_subset_without_pods_is_found_under_a_wildcard_too() => Assert.Equal(
        ["empty-subset"], MeshFindings(Reviews + Rule("all", null, "*.default.svc.cluster.local", "v9")));

    [Fact]
    public void A_subset_of_a_rule_that_its_callers_do_not_see_is_unknown() => Assert.Equal(
        ["unknown-subset", "unseen-rule"],
        MeshFindings(Rule("reviews", "elsewhere", "reviews.default.svc.cluster.local") + Routes("reviews", "default", "reviews.default.svc.cluster.local")));

    [Fact]
    public void What_Istio_denies_is_an_error() => Assert.Equal(
        ["denied-by-istio"], MeshFindings(Routes("reviews", "default", "reviews.default.svc.cluster.local").Replace("subset: v1", "port: { number: 0 }", StringComparison.Ordinal)));

    [Fact]
    public void A_list_and_several_files_are_read()
    {
        var stack = RenderingReader.Read(new Dictionary<string, string>
        {
            ["a/list.json"] = """{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}]}""",
            ["b.yml"] = "apiVersion: v1\nkind: Namespace\nmetadata: { name: b }\n---\n",
            ["README.md"] = "words",
        });

        Assert.Equal(["a", "b"], stack.Manifests.Select(manifest => manifest.Manifest.Name));
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: ServiceList\nitems: [{ apiVersion: v1, kind: Service, metadata: { name: a } }]")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: { name: a, creationTimestamp: 2026-01-01T00:00:00Z, annotations: { day: 2026-01-01 } }")]
    [InlineData("{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Namespace\",\n\t\"metadata\": {\n\t\t\"name\": \"a\"\n\t}\n}\n")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"a\",\"annotations\":{\"a\":\"\\/\\ud83d\\ude00\"}}}")]
    [InlineData("---\r\n# a comment\r\n---\r\napiVersion: v1\r\nkind: Namespace\r\nmetadata:\r\n  name: a\r\n---\r\n")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: &m\n  name: a\n  labels: { <<: { a: b } }\n")]
    public void What_kubectl_takes_is_read(string text) => Assert.Equal("a", RenderingReader.Read(File(text)).Manifests.Single().Manifest.Name);

    [Fact]
    public void Merge_keys_and_booleans_are_those_of_kubectl()
    {
        var body = RenderingReader.Read(File("""
            x-common: &common { a: 1, b: 2 }
            x-more: &more { b: 3, c: yes }
            apiVersion: v1
            kind: Namespace
            metadata: { name: a, labels: { <<: [*common, *more], a: own, d: off } }
            """)).Manifests.Single().Body;

        Assert.Equal("""{"a":"own","b":2,"c":true,"d":false}""", body["metadata"]!["labels"]!.ToJsonString());
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: List\nitems: [5]", "items[0] of the List is no object")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: { <<: 5 }", "a merge key << needs keys and values")]
    [InlineData("replicas: 3", "an object has no apiVersion")]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata: &m { name: a, annotations: *m }", "contains itself")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: a }", "is there twice")]
    public void What_is_no_set_of_objects_is_refused(string text, string what) => Assert.Contains(
        what, Assert.Throws<UserException>(() => RenderingReader.Read(new Dictionary<string, string> { ["x.yaml"] = text })).Message, StringComparison.Ordinal);

    /// <summary>Texts that are damaged by chance, with a fixed seed: the parser's own exceptions must not get out.</summary>
    [Fact]
    public void A_damaged_text_is_refused_as_the_user_s()
    {
        const string Characters = "{}[]&*!|>%@`\"'#,:?- \n\t\r\\\u0000~<=.0x9eE_ud8";
        var random = new Random(7);
        var texts = new[]
        {
            Reviews, Routes("a", "b", "c.d"), "%YAML 1.2\n---\n!!str a: &b !<tag:x> \"\\u0041\\x41\\U0001F600\"\n? c\n: *b\n--- |2-\n   x\n...\n", "{\"a\":[1e5,-0,true,null,\"\\ud83d\\ude00\"]}",
        };
        for (var round = 0; round < 4000; round++)
        {
            var text = texts[round % texts.Length].ToCharArray().ToList();
            for (var change = 0; change < 1 + (round % 5); change++)
            {
                var at = random.Next(text.Count);
                switch (random.Next(3))
                {
                    case 0:
                        text.RemoveAt(at);
                        break;
                    case 1:
                        text[at] = Characters[random.Next(Characters.Length)];
                        break;
                    default:
                        text.Insert(at, Characters[random.Next(Characters.Length)]);
                        break;
                }
            }

            var damaged = new string([.. text]);
            try
            {
                Policy.Check(RenderingReader.Read(File(damaged)));
            }
            catch (UserException error)
            {
                Assert.NotEmpty(error.Message);
            }
            catch (Exception defect)
            {
                Assert.Fail($"{defect}\n{damaged}");
            }
        }
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory();
        System.IO.File.WriteAllBytes(Path.Combine(folder.FullName, "a.yaml"), [.. "a: caf"u8, 0xe9]);
        System.IO.File.WriteAllBytes(Path.Combine(folder.FullName, "other.bin"), [0xff, 0xfe, 0xfd]);

        Assert.Contains("is not UTF-8: e9", Assert.Throws<UserException>(() => RenderingFolder.Read(folder.FullName)).Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("JWT_SECRET", "correct-horse-battery", true)]
    [InlineData("SESSION_SECRET", "correct-horse-battery", true)]
    [InlineData("SECRET_KEY_BASE", "0123456789abcdef0123456789abcdef", true)]
    [InlineData("ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef", true)]
    [InlineData("POSTGRES_PASSWORD", "hunter2", true)]
    [InlineData("DB_PASSWORD", "123456", true)]
    [InlineData("adminPassword", "prom-operator", true)]
    [InlineData("ConnectionStrings__Default", "Server=db;Database=shop;User Id=sa;Password=Hunter2Hunter2;", true)]
    [InlineData("DATABASE_URL", "postgres://shop:hunter2@db:5432/shop", true)]
    [InlineData("BASIC_AUTH", "admin:hunter2", true)]
    [InlineData("NEXTAUTH_SECRET", "s3cr3t", true)]
    [InlineData("COOKIE_SECRET", "abcdefgh", true)]
    [InlineData("clientSecret", "xyzzy1234", true)]
    [InlineData("webhookSecret", "Ab9_x2", true)]
    [InlineData("SIGNING_KEY", "a1b2c3d4", true)]
    [InlineData("MASTER_KEY", "a1b2c3d4", true)]
    [InlineData("STRIPE_API_KEY", "whatever123", true)]
    [InlineData("github-token", "0123abcd", true)]
    [InlineData("SLACK_TOKEN", "not-a-known-form", true)]
    [InlineData("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIK7MDENG", true)]
    [InlineData("REDIS_PASSWD", "hunter2", true)]
    [InlineData("KEY_PASSPHRASE", "open sesame", true)]
    [InlineData("AccountKey", "Eby8vdM02xNOcqFlqUwJ", true)]
    [InlineData("AZURE_STORAGE", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Eby8vdM02xNOcqFlqUwJ==", true)]
    [InlineData("private_key", "MIIEvQIBADANBg", true)]
    [InlineData("smtp-pwd", "hunter2", true)]
    [InlineData("app.password", "hunter2", true)]
    [InlineData("args", "--db-password=hunter2", true)]
    [InlineData("JAVA_OPTS", "-Xmx1g -Dspring.datasource.password=hunter2", true)]
    [InlineData("rootCredentials", "root:toor", true)]
    [InlineData("GOOGLE_APPLICATION_CREDENTIALS", "/var/run/secrets/gcp/key.json", false)]
    [InlineData("AWS_SHARED_CREDENTIALS", "/etc/aws/credentials", false)]
    [InlineData("MAX_TOKEN", "4096", false)]
    [InlineData("TOKEN_TTL", "1h", false)]
    [InlineData("DB_PASSWORD_FILE", "/run/secrets/db", false)]
    [InlineData("PASSWORD", "${DB_PASSWORD}", false)]
    [InlineData("PASSWORD", "$(DB_PASSWORD)", false)]
    [InlineData("apiKey", "{{ .Values.apiKey }}", false)]
    [InlineData("existingSecret", "grafana-admin", false)]
    [InlineData("tlsSecret", "web-tls", false)]
    [InlineData("imagePullSecret", "registry", false)]
    [InlineData("secretName", "db", false)]
    [InlineData("automountServiceAccountToken", "true", false)]
    [InlineData("ENABLE_TOKEN", "false", false)]
    [InlineData("KMS_ENCRYPTION_KEY", "arn:aws:kms:eu-west-1:1:key/2", false)]
    [InlineData("encryptionKey", "alias/aws/ebs", false)]
    [InlineData("PWD", "/app", false)]
    [InlineData("OLDPWD", "/", false)]
    [InlineData("PUBLIC_KEY", "ssh-ed25519 AAAA", false)]
    [InlineData("TOKEN_URL", "https://example.com/oauth/token", false)]
    [InlineData("PASSWORD_MIN_LENGTH", "12", false)]
    [InlineData("SECRET_NAME", "db", false)]
    [InlineData("KEY", "value", false)]
    [InlineData("partition-key", "customerId", false)]
    [InlineData("passwordPolicy", "strict", false)]
    [InlineData("clientSecret", "<set me>", false)]
    [InlineData("PASSWORD", "********", false)]
    [InlineData("ACCESS_TOKEN_LIFETIME", "15m", false)]
    [InlineData("keyboard", "de", false)]
    [InlineData("tokenizer", "standard", false)]
    [InlineData("LOG_LEVEL", "info", false)]
    [InlineData("MONKEY", "banana", false)]
    [InlineData("args", "--password-file=/run/x", false)]
    [InlineData("args", "--token-ttl=5m", false)]
    [InlineData("COMMAND", "kubectl get secret db", false)]
    [InlineData("VAULT_TOKEN", "vault:secret/data/db#token", false)]
    public void A_secret_is_told_from_what_is_none_by_name_and_value(string name, string value, bool isSecret)
    {
        var found = SecretPatterns.In(value) is not null || AssignedSecret.In(value) is not null
            || (SecretNames.IsSecret(name, value) && SecretNames.IsLiteral(value));

        Assert.Equal(isSecret, found);
    }

    [Theory]
    [InlineData("spring.datasource.url=jdbc:postgresql://db/shop\nspring.datasource.password=hunter2\n", true)]
    [InlineData("{\"ConnectionStrings\":{\"Default\":\"Server=db;User Id=sa;Password=hunter2\"}}", true)]
    [InlineData("db:\n  password: hunter2\n", true)]
    [InlineData("bearer_token_file: /var/run/secrets/token\nscrape_interval: 15s\n", false)]
    [InlineData("db:\n  password: ${DB_PASSWORD}\n", false)]
    [InlineData("See https://example.com/token: a page about tokens.", false)]
    public void A_secret_in_a_configuration_file_is_found(string text, bool isSecret) => Assert.Equal(isSecret, AssignedSecret.In(text) is not null);

    /// <summary>An object whose fields have other types than their kind gives them is for Istio or the API server to refuse: no rule ends at one.</summary>
    [Theory]
    [InlineData("kind: Namespace, metadata: { name: a, labels: 5 }")]
    [InlineData("kind: Namespace, metadata: { name: a, labels: [1, null] }")]
    [InlineData("kind: Service, metadata: { name: a, namespace: b }, spec: { selector: { app: a }, ports: [1, null, x, []] }")]
    [InlineData("kind: Deployment, metadata: { name: a }, spec: { template: { metadata: { labels: { app: a }, annotations: x }, spec: { containers: [{ ports: [1], readinessProbe: { httpGet: { port: 1 } }, resources: { requests: { cpu: 1 }, limits: 5 } }] } } }")]
    [InlineData("kind: NetworkPolicy, metadata: { name: a }, spec: { podSelector: { matchLabels: { app: a } }, ingress: [{ ports: [1] }, 2] }")]
    public void Fields_of_other_types_end_no_rule(string item)
    {
        var pods = "---\n{ apiVersion: v1, kind: Pod, metadata: { name: p, labels: { app: a } }, spec: { containers: [{ name: c, ports: [7] }] } }\n";

        Assert.NotNull(Policy.Check(RenderingReader.Read(File($"{{ apiVersion: v1, {item} }}\n{pods}"))));
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("\u001b")]
    [InlineData("\u007f")]
    [InlineData("\u009b")]
    public void A_control_character_is_refused_by_its_place_and_hides_nothing_after_it(string control)
    {
        var error = Assert.Throws<UserException>(() => RenderingReader.Read(File($"{Reviews}\n---\n# {control}\n{Reviews}")));

        Assert.Equal("x.yaml, line 15, column 3", error.Where);
        Assert.Contains("control character", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_links_is_not_followed_and_nothing_waits_for_the_other_end_of_a_pipe()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TempFolder();
        System.IO.File.WriteAllText(Path.Combine(folder.Path, "x.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n");
        foreach (var link in (string[])["a", "b"])
        {
            Directory.CreateSymbolicLink(Path.Combine(folder.Path, link), ".");
        }

        System.IO.File.CreateSymbolicLink(Path.Combine(folder.Path, "linked.yaml"), "pipe.yaml");
        using var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(folder.Path, "pipe.yaml"));
        made.WaitForExit();

        var files = RenderingFolder.Read(folder.Path);

        Assert.Equal(["linked.yaml", "pipe.yaml", "x.yaml"], files.Keys.Order(StringComparer.Ordinal));
        Assert.Single(RenderingReader.Read(files).Manifests);
    }

    private static Dictionary<string, string> File(string text) => new() { ["x.yaml"] = text };

    private static string Rule(string name, string? space, string host, string version = "v1") => $$"""

        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: {{name}}{{Space(space)}} }
        spec: { host: "{{host}}", subsets: [{ name: {{version}}, labels: { version: {{version}} } }] }
        """;

    private static string Routes(string name, string? space, string host) => $$"""

        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: {{name}}{{Space(space)}} }
        spec: { hosts: ["{{host}}"], http: [{ route: [{ destination: { host: "{{host}}", subset: v1 } }] }] }
        """;

    private static string Space(string? space) => space is null ? "" : $", namespace: {space}";

    private static IEnumerable<string> MeshFindings(string yaml) => Policy.Check(RenderingReader.Read(new Dictionary<string, string> { ["all.yaml"] = yaml }))
        .Select(finding => finding.Rule.Id).Where(rule => rule is "unknown-subset" or "empty-subset" or "unqualified-host" or "unseen-rule" or "denied-by-istio");
}
