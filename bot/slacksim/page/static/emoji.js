// Slack's names of the emoji that people use most.
const table = `
pushpin 📌 round_pushpin 📍 star ⭐ star2 🌟 ballot_box_with_check ☑️ mega 📣 loudspeaker 📢 white_check_mark ✅ heavy_check_mark ✔️
x ❌ warning ⚠️ rotating_light 🚨 fire 🔥 boom 💥 bell 🔔 no_bell 🔕 eyes 👀 tada 🎉 rocket 🚀 bug 🐛 wrench 🔧 hammer 🔨 gear ⚙️
hammer_and_wrench 🛠️ +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 raised_hands 🙌 clap 👏 pray 🙏 wave 👋 muscle 💪 ok_hand 👌 point_right 👉
raised_hand ✋ raising_hand 🙋 hand ✋ salute 🫡 saluting_face 🫡 handshake 🤝 heart ❤️ broken_heart 💔 100 💯 sparkles ✨ zap ⚡ bulb 💡 memo 📝 pencil 📝
pencil2 ✏️ book 📖 books 📚 clipboard 📋 calendar 📅 date 📅 spiral_calendar_pad 🗓️ clock1 🕐 clock3 🕒 stopwatch ⏱️ timer_clock ⏲️
alarm_clock ⏰ hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚ link 🔗 paperclip 📎 lock 🔒 unlock 🔓 key 🔑 mag 🔍 mag_right 🔎
telephone_receiver 📞 phone ☎️ telephone ☎️ pager 📟 iphone 📱 computer 💻 desktop_computer 🖥️ email 📧 envelope ✉️ inbox_tray 📥
outbox_tray 📤 package 📦 file_folder 📁 open_file_folder 📂 card_index_dividers 🗂️ ticket 🎫 label 🏷️ bookmark 🔖 bar_chart 📊
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 red_circle 🔴 large_red_square 🟥 large_orange_circle 🟠 large_orange_square 🟧
large_yellow_circle 🟡 large_yellow_square 🟨 large_green_circle 🟢 large_green_square 🟩 large_blue_circle 🔵 large_blue_square 🟦
large_purple_circle 🟣 white_circle ⚪ black_circle ⚫ black_square_button 🔲 white_square_button 🔳 white_large_square ⬜ black_large_square ⬛
small_blue_diamond 🔹 small_orange_diamond 🔸 large_blue_diamond 🔷 information_source ℹ️ question ❓ grey_question ❔ exclamation ❗
heavy_exclamation_mark ❗ bangbang ‼️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 construction 🚧 vertical_traffic_light 🚦
checkered_flag 🏁 triangular_flag_on_post 🚩 white_flag 🏳️ arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ arrow_forward ▶️
arrows_counterclockwise 🔄 repeat 🔁 rewind ⏪ fast_forward ⏩ double_vertical_bar ⏸️ black_square_for_stop ⏹️ heavy_plus_sign ➕
heavy_minus_sign ➖ heavy_multiplication_x ✖️ wastebasket 🗑️ scroll 📜 page_facing_up 📄 newspaper 📰 speech_balloon 💬 thought_balloon 💭 left_speech_bubble 🗨️
studio_microphone 🎙️ microphone 🎤 headphones 🎧 movie_camera 🎥 camera 📷 art 🎨 shield 🛡️ medical_symbol ⚕️ adhesive_bandage 🩹 ambulance 🚑 fire_engine 🚒
firefighter 🧑‍🚒 male-firefighter 👨‍🚒 female-firefighter 👩‍🚒 sos 🆘 sleeping 😴 zzz 💤 coffee ☕ beer 🍺 pizza 🍕 cake 🎂 trophy 🏆 medal 🏅
robot_face 🤖 ghost 👻 skull 💀 alien 👽 smile 😄 grinning 😀 smiley 😃 grin 😁 joy 😂 rofl 🤣 slightly_smiling_face 🙂 wink 😉 blush 😊
sunglasses 😎 thinking_face 🤔 thinking 🤔 neutral_face 😐 face_with_monocle 🧐 grimacing 😬 sweat_smile 😅 sweat 😓 cry 😢 sob 😭
scream 😱 rage 😡 angry 😠 exploding_head 🤯 facepalm 🤦 face_palm 🤦 shrug 🤷 man-shrugging 🤷‍♂️ woman-shrugging 🤷‍♀️ partying_face 🥳 nerd_face 🤓 party_parrot 🦜
crown 👑 bust_in_silhouette 👤 busts_in_silhouette 👥 office_worker 🧑‍💼 technologist 🧑‍💻 female-technologist 👩‍💻 male-technologist 👨‍💻
globe_with_meridians 🌐 earth_africa 🌍 cloud ☁️ rain_cloud 🌧️ thunder_cloud_and_rain ⛈️ sunny ☀️ snowflake ❄️ rainbow 🌈 snail 🐌 turtle 🐢
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ fast_parrot 🦜 dart 🎯 seedling 🌱 test_tube 🧪 microscope 🔬 satellite_antenna 📡 electric_plug 🔌
battery 🔋 floppy_disk 💾 file_cabinet 🗄️ moneybag 💰 credit_card 💳 shopping_trolley 🛒 house 🏠 office 🏢 bellhop_bell 🛎️ new 🆕 ok 🆗 up 🆙`;

const known = new Map();
const words = table.trim().split(/\s+/);
for (let i = 0; i + 1 < words.length; i += 2) known.set(words[i], words[i + 1]);

/** emoji is the character for a name, or ":name:" where we know none. */
export function emoji(name) {
  const plain = name.split("::")[0];
  return known.get(plain) ?? ":" + plain + ":";
}

export const isEmoji = (name) => known.has(name.split("::")[0]);

/** search lists names that contain what was typed, those that begin with it first. */
export function search(typed) {
  const found = [...known.keys()].filter((name) => name.includes(typed));
  return found.sort((a, b) => b.startsWith(typed) - a.startsWith(typed));
}

/** quick are the reactions with a button of their own. */
export const quick = ["pushpin", "star", "ballot_box_with_check", "mega"];
